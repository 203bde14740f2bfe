/** What was sent is not what arrived. */
final class VerificationException extends RuntimeException {
  private static final long serialVersionUID = 1;

  VerificationException(String fault) {
    super(fault);
  }
}
