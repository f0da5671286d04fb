package dev.paceline.target.admin;

/**
 * One session as {@code /debug/sessions} shows it: numbers only, neither prompt nor output.
 *
 * @param sessionId as logs show it
 * @param peer who, without secrets: the address or the token holder
 * @param mode of decoding
 * @param state {@code waiting}, {@code prefill}, {@code decoding} …
 * @param slot KV slot, −1 if none
 * @param epoch of its drafts
 * @param position tokens so far, prompt included
 * @param promptTokens resumed output included
 * @param outputTokens in this stream
 * @param maxTokens granted
 * @param draftsInFlight draft tokens that wait for their verdict
 * @param drafted draft tokens judged
 * @param accepted draft tokens accepted
 * @param serverDrafted tokens that the server drafted itself, judged
 * @param serverAccepted tokens that the server drafted itself, accepted
 * @param weight in the fair share
 * @param counter virtual time, seconds of service by weight
 * @param ageMillis since the open
 * @param engine its name: the device, or empty before it is known
 */
public record SessionSnapshot(
    String sessionId,
    String peer,
    String mode,
    String state,
    int slot,
    int epoch,
    int position,
    int promptTokens,
    int outputTokens,
    int maxTokens,
    int draftsInFlight,
    long drafted,
    long accepted,
    long serverDrafted,
    long serverAccepted,
    double weight,
    double counter,
    long ageMillis,
    String engine) {
  /** The same on an engine of that name. */
  public SessionSnapshot on(String name) {
    return new SessionSnapshot(
        sessionId,
        peer,
        mode,
        state,
        slot,
        epoch,
        position,
        promptTokens,
        outputTokens,
        maxTokens,
        draftsInFlight,
        drafted,
        accepted,
        serverDrafted,
        serverAccepted,
        weight,
        counter,
        ageMillis,
        name);
  }
}
