/**
 * 32 bytes as an RFC 9651 §3.3.5 Byte Sequence: a SHA-256 digest or MAC between colons, in the one spelling
 * of RFC 9651 §4.1.8 (padded, unused bits zero, hence the few letters that may come last). For use in a
 * larger pattern.
 */
export const BYTE_SEQUENCE_32 = ':([A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=):'
