// One role per function, with just what its code does.
const { PARAMETERS } = require('../lib/platform/secrets.ts');

const arn = (resource) => ({ 'Fn::GetAtt': [resource, 'Arn'] });
const allow = (Resource, ...Action) => ({ Effect: 'Allow', Action, Resource });

const upserts = (table) => allow(arn(table), 'dynamodb:UpdateItem', 'dynamodb:GetItem');
const upsertsStreams = upserts('StreamsTable');
const upsertsSessions = upserts('SessionsTable');
const readsSessions = allow(arn('SessionsTable'), 'dynamodb:GetItem');
const parks = allow(arn('ParkingQueue'), 'sqs:SendMessage');

// Under the key aws/ssm, which whoever may read the parameter may use.
const SECRETS = Object.values(PARAMETERS);
const parameter = (name) => ({
  'Fn::Sub': `arn:\${AWS::Partition}:ssm:\${AWS::Region}:\${AWS::AccountId}:parameter/\${self:service}/\${sls:stage}/${name}`,
});
const readsSecrets = allow(SECRETS.map(parameter), 'ssm:GetParameters');

const STATEMENTS = {
  Connect: [readsSecrets, upsertsSessions, parks],
  // The last route brings it every method.
  Invocation: [readsSecrets, upsertsStreams, upsertsSessions, parks],
  Event: [readsSecrets, upsertsStreams, upsertsSessions, parks],
  Incoming: [readsSecrets, readsSessions],
  Sweep: [
    allow({ 'Fn::Sub': '${StreamsTable.Arn}/index/live' }, 'dynamodb:Query'),
    allow(arn('StreamsTable'), 'dynamodb:BatchGetItem', 'dynamodb:UpdateItem', 'dynamodb:GetItem'),
    allow(arn('SessionsTable'), 'dynamodb:BatchGetItem'),
  ],
  Replay: [
    upsertsStreams,
    upsertsSessions,
    allow(arn('ParkingQueue'), 'sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'),
    allow(arn('DeadLetterQueue'), 'sqs:SendMessage'),
  ],
};

const role = (name, statements) => ({
  Type: 'AWS::IAM::Role',
  Properties: {
    AssumeRolePolicyDocument: {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' }],
    },
    Policies: [
      {
        PolicyName: 'function',
        PolicyDocument: {
          Version: '2012-10-17',
          // serverless names a function's log group after the function.
          Statement: [allow(arn(`${name}LogGroup`), 'logs:CreateLogStream', 'logs:PutLogEvents'), ...statements],
        },
      },
    ],
  },
});

module.exports = {
  Resources: Object.fromEntries(
    Object.entries(STATEMENTS).map(([name, statements]) => [`${name}Role`, role(name, statements)]),
  ),
};
