package import Bytes
package import Findings
import Transport
package import Trust

/// Reads what verification rests on: trusted roots, keys, policies, trust stores, lists of revoked certificates.
package enum TrustFiles {
  private static func file(_ path: String) throws(BartizanError) -> [UInt8] {
    do throws(BartizanError) { return try FileReader.read(path) } catch {
      throw BartizanError(.input, "\(path): \(error.message)")
    }
  }

  private static func read<Value>(
    _ path: String, _ body: ([UInt8]) throws(TrustFailure) -> Value
  ) throws(BartizanError) -> Value {
    let bytes = try file(path)
    do throws(TrustFailure) { return try body(bytes) } catch {
      throw BartizanError(.input, "\(path): \(error.sentence)")
    }
  }

  package static func key(_ path: String) throws(BartizanError) -> VerificationKey {
    try read(path) { (bytes) throws(TrustFailure) in try VerificationKey(pem: bytes) }
  }

  package static func bundle(_ path: String) throws(BartizanError) -> [UInt8] { try file(path) }

  /// Where Sigstore's own tools keep the trusted root that they fetched, below the home folder.
  ///
  /// Source: sigstore-go, pkg/tuf/options.go; cosign, `cosign initialize`.
  private static func usualRoots(home: String, staging: Bool) -> [String] {
    let host = staging ? "tuf-repo-cdn.sigstage.dev" : "tuf-repo-cdn.sigstore.dev"
    let sigstore = home + "/.sigstore/root/" + host
    return [
      sigstore + "/targets/trusted_root.json", sigstore + "/trusted_root.json",
      home + "/.local/share/sigstore-python/tuf/https%3A%2F%2F\(host)/trusted_root.json",
    ]
  }

  /// A trusted root, and where it is from.
  package struct RootChoice: Sendable {
    package let root: TrustedRoot
    /// As it was read.
    package let bytes: [UInt8]
    /// Nil for the built-in one.
    package let file: String?

    /// What is to be said where verification rests on it; nil where the user chose it.
    package func remark(now: Timestamp) -> String? { file == nil ? PublicGoodInstance.remark(now: now) : nil }
  }

  /// The trusted root that is named; or the one that cosign or another tool of Sigstore keeps; or the built-in one.
  ///
  /// - Parameter home: the user's folder; nil where there is none.
  /// - Returns: nil where none is named and none is kept of the staging instance, of which none is built in.
  package static func trustedRoot(
    _ path: String?, home: String?, staging: Bool = false
  ) throws(BartizanError) -> RootChoice? {
    let found = path ?? home.flatMap { usualRoots(home: $0, staging: staging).first(where: FilePaths.exists) }
    if found == nil, staging { return nil }
    let bytes = try found.map(file) ?? PublicGoodInstance.trustedRoot
    do throws(TrustFailure) { return RootChoice(root: try TrustedRoot(json: bytes), bytes: bytes, file: found) } catch {
      throw BartizanError(.input, "\(found ?? "the built-in trusted root"): \(error.sentence)")
    }
  }

  /// Policies of a file; what they name is looked up beside it.
  ///
  /// - Parameter opened: called with what each file holds that a policy names.
  package static func policies(
    _ path: String, opened: @escaping @Sendable ([UInt8]) -> Void = { _ in }
  ) throws(BartizanError) -> ImagePolicyReader.Result {
    let folder = FilePaths.folder(of: path)
    let reader = ImagePolicyReader(file: path) { name in
      let bytes = try FileReader.read(FilePaths.absolute(name, from: folder))
      opened(bytes)
      return bytes
    }
    let bytes = try file(path)
    do throws(TrustFailure) { return try reader.read(bytes) } catch {
      throw BartizanError(.input, error.sentence)
    }
  }

  /// A trust store of Notation: a folder with `ca`, `signingAuthority` and `tsa`, or one above it.
  ///
  /// Links are refused, as the specification asks: who may place a link need not be who may trust a certificate.
  package static func trustStore(_ folder: String) throws(BartizanError) -> NotationTrustStore {
    let root = ["/truststore/x509", "/x509", ""].map { folder + $0 }.first { base in
      ["ca", "signingAuthority", "tsa"].contains { FilePaths.isFolder(base + "/" + $0) }
    }
    guard let root else {
      throw BartizanError(.input, "\(folder): no trust store of Notation: a folder with ca, signingAuthority or tsa")
    }
    var store = NotationTrustStore()
    for kind in [NotationTrustPolicy.StoreKind.ca, .signingAuthority, .tsa] {
      for name in FilePaths.names(in: root + "/" + kind.rawValue) ?? [] where !name.hasPrefix(".") {
        let place = root + "/" + kind.rawValue + "/" + name
        switch FileStatus(place, followsLinks: false)?.kind {
        case .folder: try add(place, NotationTrustPolicy.StoreName(kind: kind, name: name), to: &store)
        case .link: throw BartizanError(.input, "\(place): a link; trust stores are folders themselves")
        default: continue
        }
      }
    }
    return store
  }

  private static func add(
    _ folder: String, _ name: NotationTrustPolicy.StoreName, to store: inout NotationTrustStore
  ) throws(BartizanError) {
    for file in FilePaths.names(in: folder) ?? [] where !file.hasPrefix(".") {
      let path = folder + "/" + file
      guard let status = FileStatus(path, followsLinks: false) else { continue }
      switch status.kind {
      case .folder, .link, .special:
        throw BartizanError(
          .input, "\(path): not a plain file; a trust store holds certificates, no folders and no links")
      case .file: break
      }
      let bytes: [UInt8]
      do throws(BartizanError) { bytes = try FileReader.readPlain(path) } catch {
        throw BartizanError(.input, "\(path): \(error.message)")
      }
      do throws(TrustFailure) { try store.add(bytes, to: name) } catch {
        throw BartizanError(.input, "\(path): \(error.sentence)")
      }
    }
  }

  /// What is known of revoked certificates.
  ///
  /// - Parameters:
  ///   - lists: files with lists (CRL), DER or PEM.
  ///   - responses: files with answers of responders (OCSP), DER.
  ///   - source: who is asked for what no file says; nil: nobody.
  package static func revocation(
    lists: [String], responses: [String] = [], source: (any RevocationSource)? = nil
  ) throws(BartizanError) -> RevocationEvidence {
    var read: (lists: [RevocationList], responses: [OCSPResponse]) = ([], [])
    for path in lists {
      read.lists.append(try Self.read(path) { (bytes) throws(TrustFailure) in try RevocationList(bytes) })
    }
    for path in responses {
      read.responses.append(try Self.read(path) { (bytes) throws(TrustFailure) in try OCSPResponse(bytes) })
    }
    return RevocationEvidence(lists: read.lists, responses: read.responses, source: source)
  }

  /// The artifact of the conformance protocol: a file, or `sha256:` with a digest that is no file.
  package static func artifact(_ text: String) throws(BartizanError) -> Artifact {
    if !FilePaths.exists(text), let digest = Digest(text) { return .digest(ArtifactDigest(digest)) }
    return .bytes(try file(text))
  }
}
