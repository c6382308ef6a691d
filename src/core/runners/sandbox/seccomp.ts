/** What a system call that is not allowed returns. */
const EPERM = 1;
const ENOSYS = 38;
const EAFNOSUPPORT = 97;

interface Architecture {
  /** As the kernel names it to a filter. */
  readonly audit: number;
  readonly calls: Readonly<Record<CallName, number>>;
}

type CallName =
  'socket' | 'ioctl' | 'clone' | 'shmget' | (typeof FORBIDDEN)[number] | (typeof UNKNOWN)[number];

/**
 * Calls that reach past what namespaces shut in: the user's keys are kept by user and not by namespace; a process may
 * take back the processors it was given; namespaces and mounts are how sandboxes are undone.
 */
const FORBIDDEN = [
  'add_key',
  'request_key',
  'keyctl',
  'sched_setaffinity',
  'unshare',
  'setns',
  'mount',
  'umount2',
  'pivot_root',
  'open_tree',
  'move_mount',
  'fsopen',
  'fsconfig',
  'fsmount',
  'mount_setattr',
  'bpf',
  'perf_event_open',
  'userfaultfd',
] as const;

/**
 * Calls that programs do without when the kernel does not have them. Files in memory without a name are not seen by
 * whoever adds up its memory; a ring does calls that no filter sees; what `clone3` is asked a filter cannot read.
 */
const UNKNOWN = [
  'memfd_create',
  'memfd_secret',
  'io_uring_setup',
  'io_uring_enter',
  'io_uring_register',
  'clone3',
] as const;

const ARCHITECTURES: Readonly<Record<string, Architecture>> = {
  x64: {
    audit: 0xc000003e,
    calls: {
      socket: 41,
      ioctl: 16,
      clone: 56,
      shmget: 29,
      add_key: 248,
      request_key: 249,
      keyctl: 250,
      sched_setaffinity: 203,
      unshare: 272,
      setns: 308,
      mount: 165,
      umount2: 166,
      pivot_root: 155,
      open_tree: 428,
      move_mount: 429,
      fsopen: 430,
      fsconfig: 431,
      fsmount: 432,
      mount_setattr: 442,
      bpf: 321,
      perf_event_open: 298,
      userfaultfd: 323,
      memfd_create: 319,
      memfd_secret: 447,
      io_uring_setup: 425,
      io_uring_enter: 426,
      io_uring_register: 427,
      clone3: 435,
    },
  },
  arm64: {
    audit: 0xc00000b7,
    calls: {
      socket: 198,
      ioctl: 29,
      clone: 220,
      shmget: 194,
      add_key: 217,
      request_key: 218,
      keyctl: 219,
      sched_setaffinity: 122,
      unshare: 97,
      setns: 268,
      mount: 40,
      umount2: 39,
      pivot_root: 41,
      open_tree: 428,
      move_mount: 429,
      fsopen: 430,
      fsconfig: 431,
      fsmount: 432,
      mount_setattr: 442,
      bpf: 280,
      perf_event_open: 241,
      userfaultfd: 282,
      memfd_create: 279,
      memfd_secret: 447,
      io_uring_setup: 425,
      io_uring_enter: 426,
      io_uring_register: 427,
      clone3: 435,
    },
  },
};

/** Sockets that reach no further than the sandbox: local ones, IP (which has no network there) and the kernel's own. */
const SOCKET_FAMILIES = [1, 2, 10, 16];
/** Write into a terminal's input as if somebody had typed it. */
const TYPING_REQUESTS = [0x5412, 0x541c];
const CLONE_NEWUSER = 0x10000000;
/** System V memory that nobody has attached is seen by nobody; this much of each of the 4,096 pieces does no harm. */
const LARGEST_SHARED_BYTES = 64 * 1024;
/** Calls of the x32 ABI, which has numbers of its own. */
const X32_BIT = 0x40000000;

// The filter's instructions, as in linux/bpf_common.h, and the places in what it looks at (linux/seccomp.h).
const LOAD = 0x20;
const JUMP_IF_EQUAL = 0x15;
const JUMP_IF_GREATER = 0x25;
const JUMP_IF_AT_LEAST = 0x35;
const JUMP_IF_ANY_BIT = 0x45;
const RETURN = 0x06;
const ALLOW = 0x7fff0000;
const FAIL = 0x00050000;
const CALL = 0;
const ARCHITECTURE = 4;
const ARGUMENT_0 = 16;
const ARGUMENT_1 = 24;
/** The upper half of an argument stands above the lower one on both architectures. */
const UPPER_HALF = 4;

type Instruction = readonly [code: number, ifTrue: number, ifFalse: number, value: number];

/**
 * The program that the kernel runs at each system call of a sandbox, as bubblewrap reads it: `struct sock_filter[]`.
 * `undefined`: not known for this architecture.
 * @param architecture as `process.arch` names it
 */
export function seccompFilter(architecture: string): Uint8Array | undefined {
  const known = ARCHITECTURES[architecture];
  return known === undefined ? undefined : encoded(instructions(known));
}

function instructions({ audit, calls }: Architecture): Instruction[] {
  const fail = (code: number): Instruction => [RETURN, 0, 0, FAIL | code];
  const allow: Instruction = [RETURN, 0, 0, ALLOW];
  const load = (place: number): Instruction => [LOAD, 0, 0, place];
  /** Runs `then` when the call is this one; it ends with a return. */
  const at = (name: CallName, ...then: Instruction[]): Instruction[] => [
    [JUMP_IF_EQUAL, 0, then.length, calls[name]],
    ...then,
  ];
  return [
    load(ARCHITECTURE),
    [JUMP_IF_EQUAL, 1, 0, audit],
    fail(ENOSYS),
    load(CALL),
    [JUMP_IF_AT_LEAST, 0, 1, X32_BIT],
    fail(ENOSYS),
    ...FORBIDDEN.flatMap((name) => at(name, fail(EPERM))),
    ...UNKNOWN.flatMap((name) => at(name, fail(ENOSYS))),
    ...at(
      'socket',
      load(ARGUMENT_0),
      ...SOCKET_FAMILIES.flatMap((family): Instruction[] => [[JUMP_IF_EQUAL, 0, 1, family], allow]),
      fail(EAFNOSUPPORT),
    ),
    ...at(
      'ioctl',
      load(ARGUMENT_1),
      ...TYPING_REQUESTS.flatMap((request): Instruction[] => [
        [JUMP_IF_EQUAL, 0, 1, request],
        fail(EPERM),
      ]),
      allow,
    ),
    ...at('clone', load(ARGUMENT_0), [JUMP_IF_ANY_BIT, 0, 1, CLONE_NEWUSER], fail(EPERM), allow),
    ...at(
      'shmget',
      load(ARGUMENT_1 + UPPER_HALF),
      [JUMP_IF_GREATER, 0, 1, 0],
      fail(EPERM),
      load(ARGUMENT_1),
      [JUMP_IF_GREATER, 0, 1, LARGEST_SHARED_BYTES],
      fail(EPERM),
      allow,
    ),
    allow,
  ];
}

function encoded(program: readonly Instruction[]): Uint8Array {
  const bytes = Buffer.alloc(program.length * 8);
  program.forEach(([code, ifTrue, ifFalse, value], index) => {
    bytes.writeUInt16LE(code, index * 8);
    bytes.writeUInt8(ifTrue, index * 8 + 2);
    bytes.writeUInt8(ifFalse, index * 8 + 3);
    bytes.writeUInt32LE(value, index * 8 + 4);
  });
  return bytes;
}
