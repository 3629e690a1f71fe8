import { expect, it } from 'vitest';
import { createAuthorize } from '../../../lib/hooks/authorize.ts';
import type { Hook } from '../../../lib/hooks/hook.ts';

it('the fields that connect is answered are for the answer alone: the row gets nothing that could hold a password', async () => {
  const overwrite = { sipPassword: 'S3CRET' };
  const { authorize } = createAuthorize(
    {
      policies: [],
      failsOpen: () => false,
      bansFailOpen: () => false,
      bans: undefined,
      tokens: undefined,
      sip: {
        assign: (decision) => Promise.resolve({ ...decision, effect: 'allow', overwrite }),
        configFor: () => expect.fail(),
      },
    },
    { readSession: () => expect.fail() },
  );
  const hook: Hook = { method: 'connect', body: {}, rawBody: Buffer.from('{}'), at: 0, requestId: 'r' };
  const { decision, recorded } = await authorize(hook, () => expect.fail());
  expect(decision).toEqual({ effect: 'allow', overwrite });
  expect(JSON.stringify(recorded)).not.toContain('S3CRET');
});
