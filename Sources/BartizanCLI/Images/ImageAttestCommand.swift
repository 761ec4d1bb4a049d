import ArgumentParser
import Bytes
import Findings
import Operations
import Report
import Transport
import Trust

struct ImageAttestCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "attest", abstract: "Sign a statement on images with a key: provenance, a bill of materials, a scan.",
    discussion: """
      EXAMPLES
        bartizan image attest --key ci.key --type slsaprovenance1 \\
          --predicate provenance.json registry.example/team/app:1.4
        bartizan image sbom --format cyclonedx --output sbom.json \\
          registry.example/team/app:1.4
        bartizan image attest --key ci.key --type cyclonedx --predicate sbom.json \\
          registry.example/team/app:1.4

      The predicate becomes an in-toto statement on the digest of the image, signed in a DSSE envelope, and is stored beside \
      the image as `image sign` stores signatures. Types are URIs, or cosign's short names: slsaprovenance, \
      slsaprovenance1, cyclonedx, spdxjson, vuln, openvex, link, custom. Exit code 0: signed; 2: the key, the predicate or \
      the image cannot be read; 3: the registry does not take it.
      """)

  @Argument(
    help: "Images in registries, or OCI layouts in folders; PATH:NAME where one holds several.", completion: .file())
  var images: [String]
  @OptionGroup var signing: SigningKeyOptions
  @Option(help: "What kind of statement it is: a URI, or a short name.") var type: String
  @Option(help: "What is stated, in JSON.", completion: .file()) var predicate: String
  @Option(help: "bundle, or tags for verifiers older than cosign 3.") var layout: ImageSigner.Layout = .bundle
  @OptionGroup var access: RegistryOptions
  @OptionGroup var output: OutputOptions<ImageSigningAnswer>

  func run() async throws {
    let bytes = try FileReader.named(predicate)
    let node: DocumentNode
    do throws(DocumentError) { node = try JSONReader.read(bytes) } catch {
      throw BartizanError(.input, "\(predicate):\(max(1, error.line)): \(error.message)")
    }
    guard node.mapping != nil else { throw BartizanError(.input, "\(predicate): a predicate is a JSON object") }
    guard node.repeatedKey == nil else {
      throw BartizanError(.input, "\(predicate): the key \(node.repeatedKey ?? "") occurs twice")
    }
    try await ImageSigningRun(key: signing.read(), layout: layout, access: access)
      .run(
        images, .attestation(type: type, predicate: bytes), predicateType: PredicateType.uri(type), output)
  }
}

extension DocumentNode {
  /// A key that an object in it has twice: readers would disagree on what is signed.
  fileprivate var repeatedKey: String? {
    switch content {
    case .object(let mapping):
      if let key = mapping.repeated.first { return key.key }
      for entry in mapping.entries { if let key = entry.value.repeatedKey { return key } }
    case .array(let items): for item in items { if let key = item.repeatedKey { return key } }
    default: break
    }
    return nil
  }
}
