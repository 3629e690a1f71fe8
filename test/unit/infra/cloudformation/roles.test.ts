import { describe, expect, it } from 'vitest';
import { FUNCTIONS } from '../../../../infra/cloudformation/functions.ts';
import { roles } from '../../../../infra/cloudformation/roles.ts';
import { ofType, shellWith } from '../../../support/cloudformation.ts';

interface Role {
  readonly AssumeRolePolicyDocument: object;
  readonly Policies: readonly {
    readonly PolicyDocument: { readonly Version: string; readonly Statement: readonly Statement[] };
  }[];
}
interface Statement {
  readonly Effect: string;
  readonly Action: readonly string[];
}
/** Of this stage alone. */
const SIP_ACCOUNTS = ':parameter/wcs-hooks/test/sip/*';
const rolesWith = async (env: Record<string, string>) => ofType<Role>(await roles(shellWith(env)), 'AWS::IAM::Role');
const ALL = await rolesWith({});

describe('the roles', () => {
  it('are one for each function', () => {
    expect(Object.keys(ALL)).toEqual(FUNCTIONS.map((name) => `${name.charAt(0).toUpperCase()}${name.slice(1)}Role`));
  });

  it.each(Object.entries(ALL))('%s is trusted to Lambda alone, and has nothing but its one policy', (_, role) => {
    expect(role).toEqual({
      AssumeRolePolicyDocument: {
        Version: '2012-10-17',
        Statement: [{ Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' }],
      },
      Policies: [{ PolicyName: 'function', PolicyDocument: expect.anything() as unknown }],
    });
  });

  it('of the board allows no write to a row but a stop', () => {
    const statements = ALL['BoardRole']?.Policies.flatMap(({ PolicyDocument }) => PolicyDocument.Statement) ?? [];
    expect(statements.filter((statement) => JSON.stringify(statement).includes('UpdateItem'))).toMatchObject([
      {
        Resource: { 'Fn::GetAtt': ['StreamsTable', 'Arn'] },
        Condition: {
          'ForAllValues:StringEquals': { 'dynamodb:Attributes': ['mediaSessionId', 'stop', 'stopBy', 'revision'] },
          StringEqualsIfExists: { 'dynamodb:ReturnValues': ['NONE'] },
        },
      },
    ]);
    expect(JSON.stringify(statements)).not.toMatch(/hook-secret|hook-user|hook-password|BatchGet/);
  });

  it('name the table of bans where there is one, and the board alone may write it', async () => {
    const bansOf = (all: typeof ALL) =>
      Object.entries(all).flatMap(([name, { Policies }]) =>
        Policies.flatMap(({ PolicyDocument }) => PolicyDocument.Statement)
          .filter((statement) => JSON.stringify(statement).includes('BansTable'))
          .map(({ Action }) => [name, ...Action]),
      );
    expect(bansOf(ALL)).toEqual([
      ...['Connect', 'Invocation', 'Event'].map((name) => [`${name}Role`, 'dynamodb:Scan']),
      ['BoardRole', 'dynamodb:Scan', 'dynamodb:PutItem', 'dynamodb:DeleteItem'],
    ]);
    expect(bansOf(await rolesWith({ BANS: 'false' }))).toEqual([]);
  });

  it.each(Object.entries(ALL))('%s allows, by names and without exceptions', (_, { Policies }) => {
    for (const { PolicyDocument } of Policies) {
      expect(PolicyDocument.Version).toBe('2012-10-17');
      for (const statement of PolicyDocument.Statement) {
        // A condition only takes away.
        expect(
          Object.keys(statement)
            .filter((key) => key !== 'Condition')
            .sort(),
        ).toEqual(['Action', 'Effect', 'Resource']);
        expect(statement.Effect).toBe('Allow');
        expect(JSON.stringify(statement).replace(SIP_ACCOUNTS, '')).not.toContain('*');
      }
    }
  });

  it('let the functions read SIP accounts that serve connect, and no other', () => {
    const readers = Object.keys(ALL).filter((id) => JSON.stringify(ALL[id]).includes(SIP_ACCOUNTS));
    expect(readers).toEqual(['ConnectRole', 'InvocationRole']);
  });
});
