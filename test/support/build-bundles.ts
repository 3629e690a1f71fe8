import { build } from '../../infra/build.ts';

/** The suite tests what is deployed: the bundles are made anew for every run. */
export default async function setup(): Promise<void> {
  await build();
}
