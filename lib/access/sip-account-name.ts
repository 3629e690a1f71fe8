/** What the setting SIP_ACCOUNT says where the page may bring its own account. So no account of ours has this name. */
export const OF_CLIENT = 'client';

const NAME = /^[A-Za-z0-9_.-]{1,64}$/;

/** Whether an account can have the name: it is the last part of a parameter's. */
export const isSipAccountName = (name: string) => NAME.test(name) && name !== OF_CLIENT;
