"""Asks an AWS API: reads [[service, operation, parameters], ...] as JSON, writes the list of the answers."""

import json
import sys

import boto3

answers = []
for service, operation, parameters in json.load(sys.stdin):
    try:
        answer = getattr(boto3.client(service), operation)(**parameters)
        answer.pop("ResponseMetadata", None)
    except Exception as error:  # The caller tells what it expected.
        answer = {"error": str(error)}
    answers.append(answer)
json.dump(answers, sys.stdout, default=str)
