/** What is said where something was used, or ended, meanwhile. */
import { errors } from "oidc-provider";

/** Another tab has ended it, or its time is over. The site has its answer from there, and is not told of this one. */
export function interactionGone(): Error {
  return Object.assign(new errors.SessionNotFound("interaction session not found"), { allow_redirect: false });
}

/** oidc-provider looks before it leaps; these are the answers for those who come in between, as it would have given them itself. */
export function alreadyUsed(model: string): Error {
  switch (model) {
    case "PushedAuthorizationRequest":
      return new errors.InvalidRequestUri("request_uri is invalid, expired, or was already used");
    case "ReplayDetection":
      // A client assertion or a DPoP proof: the adapter is not told which, so the error that is true of both.
      return new errors.InvalidRequest("a JWT in the request was already used");
    default:
      return new errors.InvalidGrant(`${model} was already used`);
  }
}
