import ArgumentParser
import Bytes
import Collect
import Findings
import Operations
import Report
import Trust

struct ImageSignCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sign", abstract: "Sign images with a key.",
    discussion: """
      EXAMPLES
        bartizan image sign --key team.key registry.example/team/app:1.4
        bartizan image sign --key team.key --annotation commit=0123abc \\
          layout/:registry.example/team/app:1.4
        bartizan image sign --key team.key --layout tags \\
          registry.example/team/app@sha256:…

      The signature is stored beside the image, in the registry or in an OCI layout that is a folder: as a bundle that refers \
      to it, as cosign 3 does, or with --layout tags under cosign's older tag. A reference is resolved once, and what is \
      signed is the digest that it had then, which is printed; for an image of several platforms that of the index. What \
      the same key has signed in the same layout is left as it is. No transparency log is written to: verify with \
      --insecure-ignore-tlog, or with a policy that says transparencyLog: optional. Signing without a key (keyless) needs \
      an identity provider and Sigstore's services, and is not done here. Exit code 0: signed; 2: the key or the image \
      cannot be read; 3: the registry does not take it.
      """)

  @Argument(
    help: "Images in registries, or OCI layouts in folders; PATH:NAME where one holds several.", completion: .file())
  var images: [String]
  @OptionGroup var signing: SigningKeyOptions
  @Option(help: "bundle, or tags for verifiers older than cosign 3.") var layout: ImageSigner.Layout = .bundle
  @Option(help: ArgumentHelp("Something to sign with the image. Repeatable.", valueName: "key=value"))
  var annotation: [String] = []
  @OptionGroup var access: RegistryOptions
  @OptionGroup var output: OutputOptions<ImageSigningAnswer>

  func run() async throws {
    var annotations: [(key: String, value: String)] = []
    for text in annotation {
      let sides = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
      guard sides.count == 2, !sides[0].isEmpty else {
        throw BartizanError(.usage, "--annotation \(text): wanted is KEY=VALUE")
      }
      guard !annotations.contains(where: { $0.key == sides[0] }) else {
        throw BartizanError(.usage, "--annotation \(sides[0]) is given twice")
      }
      annotations.append((sides[0], sides[1]))
    }
    try await ImageSigningRun(key: signing.read(), layout: layout, access: access)
      .run(images, .signature(annotations: annotations), predicateType: nil, output)
  }
}

/// What `image sign` and `image attest` have in common.
struct ImageSigningRun {
  let key: SigningKey
  let layout: ImageSigner.Layout
  let access: RegistryOptions

  func run(
    _ images: [String], _ content: ImageSigning.Content, predicateType: String?,
    _ output: OutputOptions<ImageSigningAnswer>
  ) async throws {
    var options = ImageSource.Options()
    options.registry = try access.settings(ofImages: images)
    let signing = ImageSigning(
      signer: ImageSigner(key: key, layout: layout), content: content, created: Today.now)
    var items: [ImageSigningAnswer.Item] = []
    var failure: (any Error)?
    for image in images {
      do {
        let done = try await signing.run(image, options)
        items.append(.init(image: image, digest: done.image.digest.text, origin: done.origin))
      } catch {
        failure = error
        break
      }
    }
    // What was signed before the failure is signed, and is said.
    if !items.isEmpty || failure == nil {
      try output.give(ImageSigningAnswer(items, key: key.publicKey, predicateType: predicateType))
    }
    if let failure { throw failure }
  }
}

extension ImageSigner.Layout: ExpressibleByArgument {}
