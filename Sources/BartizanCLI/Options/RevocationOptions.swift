import ArgumentParser
import Collect
import Operations
import Transport
import Trust

/// What is known of revoked certificates of Notation, and whether their authorities are asked.
struct RevocationOptions: ParsableArguments {
  @Option(help: "A list of revoked certificates (CRL), for signatures of Notation. Repeatable.", completion: .file())
  var crl: [String] = []
  @Option(
    help: "What a responder says of certificates (OCSP), in DER, for signatures of Notation. Repeatable.",
    completion: .file())
  var ocsp: [String] = []
  @Flag(
    help:
      "Where no file says whether a certificate of Notation is revoked, ask where it says itself: its responder, or its list."
  )
  var fetchRevocation = false

  var isEmpty: Bool { crl.isEmpty && ocsp.isEmpty && !fetchRevocation }

  /// Reads the files.
  func evidence() throws -> RevocationEvidence {
    // The time of the run: what holds now holds to its end.
    let now = Today.now
    let source =
      fetchRevocation ? RevocationFetcher(HTTPSettings(environment: Environment.value), now: { now }) : nil
    return try TrustFiles.revocation(lists: crl, responses: ocsp, source: source)
  }
}
