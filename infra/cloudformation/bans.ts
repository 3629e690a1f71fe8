/** The table of bans; BANS=false leaves it and its rights out. */
import { hasBans } from '../../lib/settings/settings.ts';
import { fromShell, type Resource, type Resources, type Tools } from './template.ts';

export const hasBansTable = async (tools: Tools): Promise<boolean> => hasBans({ BANS: await fromShell(tools, 'BANS') });

/**
 * It is deleted with BANS=false and with its stage, whatever happens to the other tables: if it stayed, the next deploy with
 * bans could not create it.
 */
const BansTable: Resource = {
  Type: 'AWS::DynamoDB::Table',
  DeletionPolicy: 'Delete',
  UpdateReplacePolicy: 'Delete',
  Properties: {
    TableName: '${self:custom.bansTable}',
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [{ AttributeName: 'key', AttributeType: 'S' }],
    KeySchema: [{ AttributeName: 'key', KeyType: 'HASH' }],
    TimeToLiveSpecification: { AttributeName: 'until', Enabled: true },
    PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
    SSESpecification: { SSEEnabled: true },
    DeletionProtectionEnabled: false,
  },
};

export const bans = async (tools: Tools): Promise<Resources> => ({
  Resources: (await hasBansTable(tools)) ? { BansTable } : {},
});
