import { expect, it } from 'vitest';
import { fakeDynamo, realDynamo } from '../programs/model/dynamos.ts';
import { NOTHING_PLAYED, playWorld, type Played } from '../programs/model/schedule.ts';
import { createWorld } from '../programs/model/world.ts';
import { createRandom } from '../simulator/random.ts';
import { propertyRuns } from '../support/property-runs.ts';

/** Another sample each day; a seed that fails is told. */
const FIRST_SEED = Math.floor(Date.now() / 86_400_000) * 100_000;

const SCHEDULES = propertyRuns(100);
const MOST_SCHEDULES = 10 * SCHEDULES;

it(`the rule holds in ${SCHEDULES} schedules of single requests`, async () => {
  const total: { -readonly [What in keyof Played]: number } = { ...NOTHING_PLAYED };
  // Some things are rare: it goes on until they have happened, too.
  const lacks = () => Object.values(total).some((count) => count === 0);
  const goesOn = (played: number) => played < SCHEDULES || (lacks() && played < MOST_SCHEDULES);
  for (let seed = FIRST_SEED; goesOn(seed - FIRST_SEED); seed++) {
    const random = createRandom(seed);
    const played = await playWorld(createWorld(random), fakeDynamo(seed % 2 === 0), random).catch((error: Error) => {
      throw new Error(`seed ${seed}: ${error.message}`, { cause: error });
    });
    for (const key of Object.keys(total) as (keyof typeof total)[]) total[key] += played[key];
  }
  // A model in which nothing parks, races, stops or is lost proves nothing.
  for (const [what, count] of Object.entries(total)) expect([what, count > 0]).toEqual([what, true]);
}, 120_000);

it('the rule holds in 2 schedules against a DynamoDB API', async () => {
  for (let seed = FIRST_SEED; seed < FIRST_SEED + 2; seed++) {
    const random = createRandom(seed);
    const world = createWorld(random);
    const dynamo = await realDynamo(seed % 2 === 0);
    try {
      await playWorld(world, dynamo, random);
    } catch (error) {
      throw new Error(`seed ${seed}: ${(error as Error).message}`, { cause: error });
    } finally {
      await dynamo.close();
    }
  }
}, 120_000);
