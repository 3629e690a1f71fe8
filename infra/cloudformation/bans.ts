/** The table of bans; BANS=false leaves it out, and the rights to it. */
import { hasBans } from '../../lib/settings/settings.ts';
import { fromShell, type Resource, type Resources, type Tools } from './template.ts';

export const hasBansTable = async (tools: Tools): Promise<boolean> => hasBans({ BANS: await fromShell(tools, 'BANS') });

/**
 * It goes with BANS=false and with its stage, whatever becomes of the other tables: a table that stayed would keep the next
 * deploy with bans from making it.
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
