/** Why a delivery failed, in words that hold nothing of the message or its recipient. */
export class DeliveryError extends Error {
  /** Another attempt would fail alike: the message is given up at once. */
  readonly permanent: boolean;
  /** It surely did not arrive, as when the server said so; else it may have, and counts as a copy. */
  readonly certain: boolean;
  /** The server's own words, which may repeat the recipient: for an operator who asks, and for no log. */
  readonly said: string | undefined;

  constructor(
    message: string,
    {
      permanent = false,
      certain = permanent,
      said,
    }: { permanent?: boolean; certain?: boolean; said?: string | undefined } = {},
  ) {
    super(message);
    this.permanent = permanent;
    this.certain = certain;
    this.said = said;
  }
}
