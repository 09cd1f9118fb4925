/** Crockford's base32: no I, L, O or U, so that a code is read and typed without doubt; 5 bits a character. */
export const CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
