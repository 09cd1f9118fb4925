/** DER (X.690) as certificates need it, over asn1js; runs in browsers as well as in Node. */
import {
  type BaseBlock,
  BitString,
  Boolean as BooleanBlock,
  Constructed,
  Enumerated,
  fromBER,
  GeneralizedTime,
  Integer,
  Null,
  ObjectIdentifier,
  OctetString,
  Primitive,
  Sequence,
  Set as SetBlock,
  UTCTime,
  Utf8String,
} from "asn1js";

export type Block = BaseBlock;

const CONTEXT = 3;
/** From then on years have four digits (RFC 5280 section 4.1.2.5). */
const FOUR_DIGITS = 2050;

/** Bytes of their own: asn1js takes the whole buffer behind a view. */
function bufferOf(bytes: Uint8Array): ArrayBuffer {
  const copy = new Uint8Array(bytes.length);
  copy.set(bytes);
  return copy.buffer;
}

export const sequence = (...value: Block[]) => new Sequence({ value });
export const set = (...value: Block[]) => new SetBlock({ value });
export const oid = (value: string) => new ObjectIdentifier({ value });
export const integer = (value: number) => new Integer({ value });
/** Two's complement, big end first: the first bit is the sign. */
export const largeInteger = (bytes: Uint8Array) => new Integer({ valueHex: bufferOf(bytes) });
export const enumerated = (value: number) => new Enumerated({ value });
export const octets = (bytes: Uint8Array) => new OctetString({ valueHex: bufferOf(bytes) });
export const bits = (bytes: Uint8Array, unusedBits = 0) => new BitString({ valueHex: bufferOf(bytes), unusedBits });
export const utf8 = (value: string) => new Utf8String({ value });
export const yes = () => new BooleanBlock({ value: true });
export const nothing = () => new Null();

/** `[number]` around others. */
export const tagged = (tagNumber: number, ...value: Block[]) =>
  new Constructed({ idBlock: { tagClass: CONTEXT, tagNumber }, value });
/** `[number] IMPLICIT` of a string of bytes. */
export const taggedBytes = (tagNumber: number, bytes: Uint8Array) =>
  new Primitive({ idBlock: { tagClass: CONTEXT, tagNumber }, valueHex: bufferOf(bytes) });

/** To the second. */
export function time(at: number): Block {
  const valueDate = new Date(at - (at % 1000));
  return valueDate.getUTCFullYear() < FOUR_DIGITS ? new UTCTime({ valueDate }) : new GeneralizedTime({ valueDate });
}

export function generalizedTime(at: number): Block {
  return new GeneralizedTime({ valueDate: new Date(at - (at % 1000)) });
}

export function encode(block: Block): Uint8Array {
  return new Uint8Array(block.toBER());
}

/** One block, and in the one form that DER allows; undefined for anything else. */
export function decode(bytes: Uint8Array): Block | undefined {
  if (bytes.length === 0) return undefined;
  try {
    const { offset, result } = fromBER(bufferOf(bytes));
    if (offset !== bytes.length || result.error !== "") return undefined;
    // asn1js overlooks lengths that do not fit, and takes what BER alone allows.
    const again = encode(result);
    return again.length === bytes.length && again.every((byte, place) => byte === bytes[place]) ? result : undefined;
  } catch {
    // It throws at times that are none, and at what is nested too deeply.
    return undefined;
  }
}

/** For what is DER by our own making. */
export function embedded(bytes: Uint8Array): Block {
  const block = decode(bytes);
  if (block === undefined) throw new Error("these bytes are no DER");
  return block;
}

/** What stands in a sequence; undefined for what is none. */
export function membersOf(block: Block | undefined): readonly Block[] | undefined {
  return block instanceof Sequence ? block.valueBlock.value : undefined;
}

/** The dotted form; undefined for what is no object identifier. */
export function oidIn(block: Block | undefined): string | undefined {
  return block instanceof ObjectIdentifier ? block.valueBlock.toString() : undefined;
}

/** What stands in `[number]`; undefined for what is not tagged so. */
export function membersOfTag(block: Block | undefined, number: number): readonly Block[] | undefined {
  if (!(block instanceof Constructed) || block.idBlock.tagClass !== CONTEXT || block.idBlock.tagNumber !== number)
    return undefined;
  return block.valueBlock.value;
}

/** Big end first, as they are written. */
export function integerIn(block: Block | undefined): Uint8Array | undefined {
  return block instanceof Integer ? block.valueBlock.valueHexView : undefined;
}

/** The bytes of a bit string that has whole bytes. */
export function bitsIn(block: Block | undefined): Uint8Array | undefined {
  if (!(block instanceof BitString) || block.valueBlock.unusedBits !== 0) return undefined;
  return block.valueBlock.valueHexView;
}

export function octetsIn(block: Block | undefined): Uint8Array | undefined {
  return block instanceof OctetString ? block.valueBlock.valueHexView : undefined;
}

/** As it came. */
export function received(block: Block): Uint8Array {
  return block.valueBeforeDecodeView;
}
