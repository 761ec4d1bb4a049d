package import Bytes
package import Collect
package import Findings
import Images
import Synchronization
import Transport
import Trust

/// What a configuration says of images at the door: policies, what verification rests on, and how registries are reached.
package struct ImageGateFile: Sendable, Hashable {
  package var policies: [String] = []
  /// Files; nil for none.
  package var trustedRoot: String?
  package var trustStore: String?
  package var revocationLists: [String] = []
  /// Files with answers of responders (OCSP).
  package var statusResponses: [String] = []
  /// Whether authorities are asked for what no file says of revoked certificates.
  package var fetchesRevocation = false
  package var credentials: String?
  package var registryAuthority: String?
  package var plainHTTP = false
  package var mirrors: [String: [String]] = [:]

  package init() {}

  /// Reads the files.
  ///
  /// - Parameters:
  ///   - registry: what is common to all registries, such as variables and proxies.
  ///   - home: the folder of the user, where cosign keeps its trusted root; nil where there is none.
  /// - Returns: the gate, and what is to be said of the policies.
  package func gate(
    _ rules: ImageGate.Rules, cache: ImageTrustCache, registry: RegistrySettings, home: String?,
    now: @escaping @Sendable () -> Timestamp
  ) throws(BartizanError) -> (gate: ImageGate, remarks: [String]) {
    let basis = Basis()
    func note(_ path: String) throws(BartizanError) { basis.add(try FileReader.named(path)) }
    var all: [ImagePolicy] = []
    var remarks: [String] = []
    for path in policies {
      try note(path)
      // Keys that a policy names stand in files of their own.
      let result = try TrustFiles.policies(path) { basis.add($0) }
      all += result.policies
      remarks += result.remarks
    }
    let root = try TrustFiles.trustedRoot(trustedRoot, home: home)
    if let root, all.flatMap(\.authorities).contains(where: \.needsRoot), let remark = root.remark(now: now()) {
      remarks.append(remark)
    }
    if let root { basis.add(root.bytes) }
    var store = NotationTrustStore()
    if let trustStore {
      store = try TrustFiles.trustStore(trustStore)
      basis.add(store.contents)
    }
    for path in revocationLists + statusResponses { try note(path) }
    let source = fetchesRevocation ? RevocationFetcher(HTTPSettings(environment: registry.environment), now: now) : nil
    let judge = ImageJudge(
      policies: all, root: root?.root, store: store,
      revocation: try TrustFiles.revocation(lists: revocationLists, responses: statusResponses, source: source))
    var settings = registry
    settings.credentialFile = credentials ?? settings.credentialFile
    if let registryAuthority { settings.certificateAuthority = try FileReader.named(registryAuthority) }
    settings.plainHTTP = plainHTTP
    settings.mirrors = mirrors
    settings.retries = RetryRule(tries: 2, longestWait: .seconds(1))
    var options = ImageSource.Options()
    options.registry = settings
    let lookup = ImageGate.Lookup(
      resolve: { [options] in try await ImageSource.digest(of: $0, options) },
      signatures: { [options] in try await ImageSource.signatures($0, options) })
    return (
      ImageGate(
        judge: judge, rules: rules, fingerprint: basis.fingerprint, cache: cache, lookup: lookup, now: now), remarks
    )
  }

  /// All that verdicts rest on.
  private final class Basis: Sendable {
    private let sums = Mutex<[String]>([])

    func add(_ bytes: [UInt8]) { sums.withLock { $0.append(Digest.sha256(bytes).text) } }

    var fingerprint: String { Digest.sha256(Array(sums.withLock { $0.joined(separator: " ") }.utf8)).text }
  }
}
