/**
 * In a Lambda the credentials are always in the environment. The SDK's own chain also looks in files, SSO and instance
 * metadata, which costs 130 KB and 20 ms of every cold start. Bundles only (infra/build/build.ts).
 */
interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

export function defaultProvider(): () => Promise<Credentials> {
  let known: Promise<Credentials> | undefined;
  // They are the container's: reading them again for each request costs more than signing it.
  return () => (known ??= readEnvironment());
}

function readEnvironment(): Promise<Credentials> {
  const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN } = process.env;
  if (!AWS_ACCESS_KEY_ID || !AWS_SECRET_ACCESS_KEY) {
    return Promise.reject(new Error('no AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY in the environment'));
  }
  return Promise.resolve({
    accessKeyId: AWS_ACCESS_KEY_ID,
    secretAccessKey: AWS_SECRET_ACCESS_KEY,
    ...(AWS_SESSION_TOKEN ? { sessionToken: AWS_SESSION_TOKEN } : {}),
  });
}
