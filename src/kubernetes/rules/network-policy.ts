import type { Fields } from '../fields.js';
import { checkLabelSelector } from './labels.js';
import { portName, portNumber } from './names.js';
import { parseCidr } from './values.js';

export function checkNetworkPolicy(object: Fields): void {
  const spec = object.objectOrEmpty('spec');
  checkLabelSelector(spec, 'podSelector');
  for (const [direction, side] of [
    ['ingress', 'from'],
    ['egress', 'to'],
  ] as const) {
    for (const rule of spec.objects(direction)) {
      for (const port of rule.objects('ports')) checkPort(port);
      for (const peer of rule.objects(side)) checkPeer(peer);
    }
  }
  const types = spec.texts('policyTypes');
  if (types.length > 2) spec.wrong('policyTypes', 'may have at most Ingress and Egress');
  for (const [index, type] of types.entries()) {
    if (!['Ingress', 'Egress'].includes(type)) spec.wrongElement('policyTypes', index, 'must be Ingress or Egress');
  }
}

function checkPort(port: Fields): void {
  const number = port.value('port');
  const end = port.number('endPort');
  if (typeof number === 'string') {
    const wrong = portName(number);
    if (wrong !== undefined) port.wrong('port', wrong);
  } else if (typeof number === 'number') {
    const wrong = portNumber(number);
    if (wrong !== undefined) port.wrong('port', wrong);
  }
  if (port.value('protocol') === '') port.wrong('protocol', 'is empty: use TCP, UDP or SCTP, or leave it out');
  if (end === undefined) return;
  if (typeof number !== 'number') port.wrong('endPort', 'needs port to be a number');
  else if (end < number) port.wrong('endPort', 'must not be less than port');
  else if (portNumber(end) !== undefined) port.wrong('endPort', portNumber(end) ?? '');
}

function checkPeer(peer: Fields): void {
  checkLabelSelector(peer, 'podSelector');
  checkLabelSelector(peer, 'namespaceSelector');
  const block = peer.object('ipBlock');
  const selects = peer.has('podSelector') || peer.has('namespaceSelector');
  if (!block && !selects) peer.wrongHere('is empty: give podSelector, namespaceSelector or ipBlock');
  if (block && selects) peer.wrongHere('has ipBlock and a selector: make them two peers');
  if (block) checkBlock(block);
}

function checkBlock(block: Fields): void {
  const cidr = parseCidr(block.text('cidr'));
  if (!cidr) {
    block.wrong('cidr', `"${block.text('cidr')}" is not a CIDR: write it like 10.0.0.0/8`);
    return;
  }
  for (const [index, text] of block.texts('except').entries()) {
    const except = parseCidr(text);
    if (!except) block.wrongElement('except', index, `"${text}" is not a CIDR: write it like 10.0.0.0/8`);
    else {
      const shift = BigInt(cidr.bits - cidr.prefix);
      const inside =
        except.bits === cidr.bits && except.prefix > cidr.prefix && except.address >> shift === cidr.address >> shift;
      if (!inside) block.wrongElement('except', index, `${text} is not a part of ${block.text('cidr')}`);
    }
  }
}
