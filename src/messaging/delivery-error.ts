/** Why a delivery failed, in words that hold nothing of the message or its recipient. */
export class DeliveryError extends Error {
  /** Another attempt would fail alike: the message is given up at once. */
  readonly permanent: boolean;

  constructor(message: string, { permanent = false }: { permanent?: boolean } = {}) {
    super(message);
    this.permanent = permanent;
  }
}
