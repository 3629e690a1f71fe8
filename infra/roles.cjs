// One role per function, with just what its code does.
const table = { 'Fn::GetAtt': ['StreamsTable', 'Arn'] };
const upsertsStreams = { Effect: 'Allow', Action: ['dynamodb:UpdateItem', 'dynamodb:GetItem'], Resource: table };

const STATEMENTS = {
  Connect: [],
  Invocation: [upsertsStreams],
  Event: [upsertsStreams],
  Incoming: [],
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
          Statement: [
            {
              Effect: 'Allow',
              Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
              // serverless names a function's log group after the function.
              Resource: { 'Fn::GetAtt': [`${name}LogGroup`, 'Arn'] },
            },
            ...statements,
          ],
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
