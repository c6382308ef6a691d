import { BlockList, isIP, isIPv4 } from 'node:net';

/**
 * True for an address that belongs to somebody on the internet: not this machine, its networks, those of its
 * provider or cloud, nor one that stands for such an address in another form.
 */
export function isPublicAddress(address: string): boolean {
  switch (isIP(address)) {
    case 4:
      return !NOT_PUBLIC_V4.check(address, 'ipv4');
    case 6: {
      const inside = embeddedV4(address);
      if (inside !== undefined) {
        return isPublicAddress(inside);
      }
      return GLOBAL_V6.check(address, 'ipv6') && !NOT_PUBLIC_V6.check(address, 'ipv6');
    }
    default:
      return false;
  }
}

// IANA's registries of special addresses
const NOT_PUBLIC_V4 = blocks('ipv4', [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
]);
/** All that is given to anybody so far. */
const GLOBAL_V6 = blocks('ipv6', [['2000::', 3]]);
const NOT_PUBLIC_V6 = blocks('ipv6', [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['3fff::', 20],
]);
const MAPPED = blocks('ipv6', [['::ffff:0:0', 96]]);
const TRANSLATED = blocks('ipv6', [['64:ff9b::', 96]]);
const SIX_TO_FOUR = blocks('ipv6', [['2002::', 16]]);

function blocks(
  family: 'ipv4' | 'ipv6',
  ranges: readonly (readonly [string, number])[],
): BlockList {
  const list = new BlockList();
  for (const [network, bits] of ranges) {
    list.addSubnet(network, bits, family);
  }
  return list;
}

/** The IPv4 address that is reached by this one. */
function embeddedV4(address: string): string | undefined {
  const isLast = MAPPED.check(address, 'ipv6') || TRANSLATED.check(address, 'ipv6');
  if (!isLast && !SIX_TO_FOUR.check(address, 'ipv6')) {
    return undefined;
  }
  const words = wordsOf(address);
  const [high = 0, low = 0] = isLast ? words.slice(6) : words.slice(1, 3);
  return `${high >> 8}.${high & 255}.${low >> 8}.${low & 255}`;
}

/** The eight numbers of an IPv6 address. */
function wordsOf(address: string): number[] {
  const [bare = ''] = address.split('%');
  const dotted = bare.slice(bare.lastIndexOf(':') + 1);
  const [a = 0, b = 0, c = 0, d = 0] = isIPv4(dotted) ? dotted.split('.').map(Number) : [];
  const plain = isIPv4(dotted)
    ? `${bare.slice(0, -dotted.length)}${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`
    : bare;
  const [left = '', right] = plain.split('::');
  const numbers = (part: string) =>
    part === '' ? [] : part.split(':').map((word) => Number.parseInt(word, 16));
  const before = numbers(left);
  const after = right === undefined ? [] : numbers(right);
  const zeros = Array.from({ length: Math.max(0, 8 - before.length - after.length) }, () => 0);
  return [...before, ...zeros, ...after];
}
