/** What every deploy runs: checks its settings, and builds what is packaged. */
import { SettingsError } from '../lib/settings/settings.ts';
import { build, printSizes } from './build/build.ts';
import { checkSettings } from './build/check-settings.ts';
import { SETTINGS } from './cloudformation/environment.ts';
import { STAGE } from './local/settings.ts';

interface Serverless {
  processedInput: { commands: string[] };
  classes: { Error: new (message: string, code: string) => Error };
  service: {
    provider: { stage: string; environment: Record<string, unknown> };
    functions: Record<string, { environment?: Record<string, unknown> }>;
  };
}

export default class DeployPlugin {
  readonly hooks: Record<string, () => Promise<void>>;
  readonly #serverless: Serverless;

  constructor(serverless: Serverless) {
    this.#serverless = serverless;
    this.hooks = {
      initialize: () => this.#rejectLocalStage(),
      'before:package:initialize': async () => {
        this.#checkSettings();
        printSizes(await build());
      },
    };
  }

  /** The functions of the stage `local` accept unsigned hooks and read no secrets. */
  async #rejectLocalStage(): Promise<void> {
    const { processedInput, service, classes } = this.#serverless;
    if (processedInput.commands[0] !== 'deploy' || service.provider.stage !== STAGE) return Promise.resolve();
    throw new classes.Error(
      `The stage ${STAGE} is the stack that npm start runs on this machine, and cannot be deployed: choose another, such as --stage dev`,
      'STAGE_IS_LOCAL',
    );
  }

  /** Reports wrong settings here, before functions answer every hook 503. The secrets are checked by the functions. */
  #checkSettings(): void {
    const { service, classes } = this.#serverless;
    const given: Record<string, unknown> = {
      ...service.provider.environment,
      ...service.functions['connect']?.environment,
    };
    const environment = Object.fromEntries(
      Object.entries(given).map(([name, value]) => [name, typeof value === 'string' ? value : `(${name})`]),
    );
    const usesTokens = Object.keys(environment).some((name) => name.startsWith('TOKEN_') && environment[name]);
    const needsTokenSecret = usesTokens && !environment['TOKEN_JWKS_URL'];
    const secret = 'x'.repeat(32);
    try {
      checkSettings({ ...environment, HOOK_SECRET: secret, ...(needsTokenSecret ? { TOKEN_SECRET: secret } : {}) });
    } catch (error) {
      if (!(error instanceof SettingsError)) throw error;
      throw new classes.Error(error.message, 'SETTINGS_UNUSABLE');
    }
    // A deploy removes the settings that its shell lacks: this line shows which are left.
    const set = SETTINGS.filter((name) => process.env[name]).map((name) => `${name}=${process.env[name]}`);
    console.log(`settings of this deploy: ${set.join(' ') || 'all by default'}`);
  }
}
