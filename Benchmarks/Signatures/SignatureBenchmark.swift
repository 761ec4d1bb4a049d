import Bytes
import Glibc
import Measuring
import Trust

/// Microseconds of processor time to verify a bundle in a running process, and to read the trusted root that this needs once:
/// `Signatures ROOT BUNDLE ARTIFACT [TIMES]`.
enum SignatureBenchmark {
  static func run(_ arguments: [String]) async {
    guard arguments.count > 2, let json = read(arguments[0]), let bundle = read(arguments[1]),
      let artifact = read(arguments[2])
    else {
      print("usage: Signatures ROOT BUNDLE ARTIFACT [TIMES]")
      exit(2)
    }
    let times = arguments.count > 3 ? Int(arguments[3]) ?? 1_000 : 1_000
    var root: TrustedRoot?
    let reading = seconds { root = try? TrustedRoot(json: json) }
    guard let root else {
      print("\(arguments[0]): no trusted root")
      exit(2)
    }
    let verifier = SigstoreVerifier(root: root)
    let expected = SignerExpectation.identities([ExpectedIdentity(name: .any, issuer: .any)])
    var samples: [Double] = []
    for _ in 0..<max(1, times) {
      let start = processorTime()
      let verdict = await verifier.verify(json: bundle, artifact: .bytes(artifact), expected: expected)
      samples.append(processorTime() - start)
      guard verdict.isVerified else {
        print("\(arguments[1]): \(verdict.failure?.sentence ?? "not verified")")
        exit(1)
      }
    }
    samples.sort()
    print(
      "root read in \(micros(reading)) µs; \(samples.count) verifications: first quarter \(micros(samples[samples.count / 4])) µs, "
        + "median \(micros(samples[samples.count / 2])) µs, 99th percentile \(micros(samples[samples.count * 99 / 100])) µs"
    )
  }

  private static func micros(_ seconds: Double) -> Int { Int((seconds * 1e6).rounded()) }
}
