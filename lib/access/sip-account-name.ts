/** The value of SIP_ACCOUNT that lets pages bring their own accounts. No account of ours may have this name. */
export const OF_CLIENT = 'client';

const NAME = /^[A-Za-z0-9_.-]{1,64}$/;

/** Whether an account can have the name, which becomes the last part of a parameter's. */
export const isSipAccountName = (name: string) => NAME.test(name) && name !== OF_CLIENT;
