import Admission
import ArgumentParser
import Bytes
import Console
import Findings
import Kube
import Operations
import Report
import Server
import Synchronization
import Transport
import Trust

struct AdmissionInstallCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "install", abstract: "Print what makes an API server ask `bartizan serve`.",
    discussion: """
      EXAMPLES
        bartizan admission install --policies policies/*.yaml \\
          --image registry.example/bartizan:1.0 | kubectl apply -f -
        bartizan admission install --policies policies/ \\
          --url https://admission.example:9443 > webhook.yaml

      The webhook configuration asks about what the rules of the policies are about, leaves out kube-system and the \
      namespace of the webhook itself, and trusts our certificate authority, which is made where there is none yet. \
      With --image come a Deployment and all that it needs: among it a Secret with the key of that authority, from \
      which each replica makes its certificate.

      --failure-policy Fail refuses what is asked about while the webhook is down. Try a policy with Ignore, or with \
      the actions Warn and Audit, before.
      """)

  @OptionGroup var policies: PolicyArguments
  @Option(help: "The image of the Deployment, for a webhook in the cluster.") var image: String?
  @Option(help: "Where the webhook is reached outside of the cluster: https://HOST:PORT.") var url: String?
  @Option(help: ArgumentHelp("The Service in the cluster.", valueName: "namespace/name"))
  var service = "bartizan/bartizan"
  @Option(help: "The profile of `serve` that answers.") var profile = "default"
  @Option(help: "What the server does when the webhook does not answer.") var failurePolicy = FailurePolicyName.fail
  @Option(help: ArgumentHelp("How long the server waits, from 1 to 30.", valueName: "seconds")) var timeout = 10
  @Option(help: "A namespace that is not asked about, besides kube-system. Repeatable.") var exempt: [String] = []
  @Option(
    help:
      "The profile asks who signed images: verify, or pin where it also has pods name digests. With --image-policy."
  )
  var signedImages: SignedImagesName?
  @Option(
    help:
      "With --signed-images: a file of image policies, as `image verify --policy` reads them. The Deployment gets them and the configuration that names them; with --url that configuration is shown. Repeatable.",
    completion: .file())
  var imagePolicy: [String] = []
  @Option(help: "The folder of our certificate authority; below XDG_STATE_HOME by default.", completion: .directory)
  var certificates: String?
  @Option(
    help: "Trust this authority, as PEM, instead: for `serve --tls-certificate`; with --url.", completion: .file())
  var caBundle: String?
  @OptionGroup var output: OutputOptions<ManifestsAnswer>

  func validate() throws {
    if policies.policies.isEmpty, signedImages == nil { throw ValidationError("--policies names no file") }
    if (image == nil) == (url == nil) {
      throw ValidationError("name the image of the Deployment (--image), or where the webhook is reached (--url)")
    }
    if !imagePolicy.isEmpty, signedImages == nil { throw ValidationError("--image-policy goes with --signed-images") }
    if caBundle != nil, url == nil { throw ValidationError("--ca-bundle goes with --url") }
    if !(1...30).contains(timeout) { throw ValidationError("--timeout \(timeout): from 1 to 30 seconds") }
    try Input.validate(namespaces: exempt, of: "--exempt")
  }

  private func target() throws(BartizanError) -> AdmissionInstallation.Target {
    if let url {
      guard let address = HTTPURL(url), address.isSecure, address.user == nil, ["", "/"].contains(address.target) else {
        throw BartizanError(.usage, "--url \(url): wanted is https://HOST:PORT, without a path")
      }
      return .url(url.hasSuffix("/") ? String(url.dropLast()) : url)
    }
    let parts = service.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    guard parts.count == 2, parts.allSatisfy(DNSName.isLabel) else {
      throw BartizanError(.usage, "--service \(service): wanted is NAMESPACE/NAME")
    }
    return .service(namespace: parts[0], name: parts[1], image: image ?? "")
  }

  func run() async throws {
    let target = try target()
    // Who asks about signatures alone needs no other policy.
    let snapshot = policies.policies.isEmpty ? ClusterSnapshot.Builder().build() : try await policies.snapshot()
    let set = PolicySet(snapshot.objects)
    try policies.validate(set)
    Input.tell(set, unbound: .isNotInForce)
    if let problem = snapshot.problems.first(where: \.hidesInput) { throw BartizanError(.input, problem.text) }
    if let refused = set.refused.first {
      throw BartizanError(.input, "\(refused.object.location.text): the API server would refuse this policy")
    }
    guard !set.validating.hooks.isEmpty || !set.mutating.hooks.isEmpty || signedImages != nil else {
      throw BartizanError(.input, "no policy is in force: `serve` would have nothing to judge by")
    }
    var installation: AdmissionInstallation
    if let caBundle {
      let bytes = try FileReader.named(caBundle)
      guard CertificateExpiry.seconds(bytes) != nil else {
        throw BartizanError(.input, "\(caBundle): no certificate in PEM")
      }
      installation = AdmissionInstallation(
        target: target, authority: String(decoding: bytes, as: UTF8.self), authorityKey: "")
    } else {
      let folder = certificates ?? UserFolder.state("certificates")
      let (authority, isNew) = try AuthorityFiles.open(folder, now: StandardStreams.current.time())
      if isNew { StandardError.line("a certificate authority was made in \(folder)") }
      installation = AdmissionInstallation(
        target: target, authority: authority.certificate, authorityKey: authority.key)
    }
    installation.profile = profile
    installation.signedImages = signedImages?.tags
    installation.failsClosed = failurePolicy == .fail
    installation.timeout = timeout
    installation.exempt = exempt
    let imagePolicies = try readImagePolicies()
    if case .url = target, signedImages != nil {
      StandardError.line("`serve --config` asks about images with:")
      let configuration = installation.serveConfiguration(
        policies: imagePolicy.isEmpty ? ["image-policy.yaml"] : imagePolicy, trust: nil,
        isAlone: policies.policies.isEmpty)
      for line in YAMLWriter.text([configuration]).split(separator: "\n") { StandardError.line(String(line)) }
    }
    if case .service = target {
      if signedImages != nil, imagePolicies.isEmpty {
        StandardError.line("the Deployment does not ask about images yet: name the policies with --image-policy")
      }
      installation.imagePolicies = imagePolicies
      installation.files = try files(snapshot)
      StandardError.line("the Secret holds the key of the certificate authority: keep what is printed like a password")
    }
    try output.give(ManifestsAnswer(installation.documents(set)))
  }

  /// Image policies, which must be whole in themselves: a ConfigMap has no room for what they name.
  private func readImagePolicies() throws -> [(name: String, text: String)] {
    var result: [(name: String, text: String)] = []
    for path in imagePolicy {
      let opened = Mutex(false)
      let read = try TrustFiles.policies(path) { _ in opened.withLock { $0 = true } }
      guard !opened.withLock({ $0 }) || url != nil else {
        throw BartizanError(.input, "\(path): keys must stand in the policy itself (data), not in files beside it")
      }
      for remark in read.remarks { StandardError.line(remark) }
      result.append(("image-policy-\(result.count).yaml", String(decoding: try FileReader.named(path), as: UTF8.self)))
    }
    return result
  }

  /// The files from which the policies were read, for the ConfigMap, under the ends of their names.
  private func files(_ snapshot: ClusterSnapshot) throws(BartizanError) -> [(name: String, text: String)] {
    var files: [(name: String, text: String)] = []
    var size = 0
    var seen = Set<String>()
    for object in snapshot.objects where object.groupKind.group != "bartizan.dev" {
      let path = object.location.file
      guard seen.insert(path).inserted else { continue }
      guard FilePaths.exists(path) else {
        throw BartizanError(.input, "\(path): the policies of a Deployment are files, no archive and no standard input")
      }
      let bytes = try FileReader.named(path)
      size += bytes.count
      // What a ConfigMap may hold.
      guard size <= 1 << 20 else {
        throw BartizanError(.input, "the policies are more than the 1 MiB that a ConfigMap holds; mount them otherwise")
      }
      let base = path.split(separator: "/").last.map(String.init) ?? path
      var name = String(base.map { $0.isASCII && ($0.isLetter || $0.isNumber || ".-_".contains($0)) ? $0 : "-" })
      if files.contains(where: { $0.name == name }) { name = "\(files.count)-\(name)" }
      files.append((name, String(decoding: bytes, as: UTF8.self)))
    }
    return files
  }
}

enum FailurePolicyName: String, ExpressibleByArgument, CaseIterable {
  case fail = "Fail"
  case ignore = "Ignore"
}

enum SignedImagesName: String, ExpressibleByArgument, CaseIterable {
  case verify
  case pin

  var tags: ImageGate.Tags { self == .pin ? .pin : .verify }
}
