/** Texts that came from clients: each stands for itself, whatever it does to the direction of what is around it. */
import type { ComponentChildren } from 'preact';
import { nodeAddress } from './format.ts';

/** @param otherwise what is shown where there is no text */
export function Text({ children, otherwise = '–' }: { children: string | undefined; otherwise?: ComponentChildren }) {
  return children === undefined || children === '' ? <span class="none">{otherwise}</span> : <bdi>{children}</bdi>;
}

export const NameText = ({ name }: { name: string | undefined }) => <Text otherwise="(no name)">{name}</Text>;

/** A node by its address; whole where there is room, or where the mouse rests. */
export const NodeText = ({ nodeId }: { nodeId: string | undefined }) => (
  <span title={nodeId}>
    <Text>{nodeAddress(nodeId)}</Text>
  </span>
);
