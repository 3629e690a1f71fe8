/** Checks how many hooks wait in a stage's queues. */
import { GetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import { ok, problem, warning, type Finding } from './finding.ts';
import { explain, type Stage } from '../stage-access.ts';

export async function* checkQueues(stage: Stage): AsyncGenerator<Finding> {
  for (const [queue, checkQueue] of [
    ['parking', checkParking],
    ['dead-letters', checkDeadLetters],
  ] as const) {
    const check = `wcs-hooks-${stage.name}-${queue}`;
    try {
      const { Attributes = {} } = await stage.queues.send(
        new GetQueueAttributesCommand({
          QueueUrl: await stage.queueUrl(queue),
          AttributeNames: ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'],
        }),
      );
      yield checkQueue(
        check,
        Object.values(Attributes).reduce((sum, count) => sum + Number(count), 0),
      );
    } catch (error) {
      const { said, todo } = explain(error, stage);
      const means = 'If the functions cannot reach it either, hooks cannot be parked while DynamoDB is unreachable.';
      yield problem(check, `not readable: ${said}`, means, todo);
    }
  }
}

const checkParking = (check: string, waiting: number) =>
  waiting === 0
    ? ok(check, 'empty', 'DynamoDB saved every hook at once.')
    : warning(
        check,
        `${waiting} waiting`,
        'DynamoDB did not accept these hooks when they came; each is tried again every two minutes, for 33 hours.',
        'Does it grow? Then look at "cause" in the log, and at the state of DynamoDB. If it shrinks, wait.',
      );

const checkDeadLetters = (check: string, dead: number) =>
  dead === 0
    ? ok(check, 'empty', 'No hook was given up.')
    : problem(
        check,
        `${dead} given up`,
        'What these hooks reported is in no row. They are deleted 14 days after they came.',
        'Those without the attribute "reason" can be moved back once DynamoDB is healthy: aws sqs start-message-move-task. Read the others.',
      );
