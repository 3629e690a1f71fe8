"""Asks an AWS API: for each line of [[service, operation, parameters], ...] as JSON one line with the list of the answers."""

import json
import sys

import botocore.session

session = botocore.session.get_session()
clients = {}
for line in sys.stdin:
    answers = []
    for service, operation, parameters in json.loads(line):
        try:
            if service not in clients:
                clients[service] = session.create_client(service)
            answer = getattr(clients[service], operation)(**parameters)
            answer.pop("ResponseMetadata", None)
            if "Payload" in answer:
                answer["Payload"] = answer["Payload"].read().decode()
        except Exception as error:  # The caller tells what it expected.
            answer = {"error": str(error)}
        answers.append(answer)
    print(json.dumps(answers, default=str), flush=True)
