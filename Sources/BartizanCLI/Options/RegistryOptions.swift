import ArgumentParser
import Collect
import Findings
import Images
import Transport

/// How registries are reached, and with which credentials.
struct RegistryOptions: ParsableArguments {
  @Option(
    help: "Credentials like Docker's config.json, instead of those that Docker and Podman keep.", completion: .file())
  var authfile: String?
  @Option(help: "User for the registry; the password comes with --password-stdin.")
  var username: String?
  @Flag(help: "Read the password from standard input.")
  var passwordStdin = false
  @Option(help: "Certificates, as PEM, of the authority of the registry.", completion: .file())
  var registryCa: String?
  @Option(
    help: "Certificate of our own, as PEM, with its key behind it, for a registry that asks for one.",
    completion: .file())
  var registryCertificate: String?
  @Option(help: "Ask another registry first: docker.io=mirror.example:5000. Repeatable.")
  var mirror: [String] = []
  @Flag(help: "Speak to the registry without TLS.")
  var plainHttp = false
  @Flag(help: "Do not verify the certificate of the registry.")
  var insecureSkipTlsVerify = false

  /// The password from standard input, which can be read once; nil where none was announced.
  func password() throws -> String? {
    guard (username != nil) == passwordStdin else {
      throw BartizanError(.usage, "--username and --password-stdin go together")
    }
    guard passwordStdin else { return nil }
    let text = String(decoding: try FileReader.readStandardInput(), as: UTF8.self)
    return String(text.prefix { !$0.isNewline })
  }

  /// The same for the registries of images, as somebody named them.
  func settings(ofImages images: [String], password: String? = nil) throws -> RegistrySettings {
    try settings(
      for: images.compactMap { ImageReference(ImageReference.withoutScheme($0) ?? $0)?.registry }, password: password)
  }

  /// - Parameters:
  ///   - registries: those that are asked; a login and a certificate are for one.
  ///   - password: as it was read before; nil: it is read now, where one was announced.
  func settings(for registries: some Sequence<String>, password: String? = nil) throws -> RegistrySettings {
    var settings = RegistrySettings(environment: Environment.value)
    settings.configuration = try RegistryConfiguration(environment: Environment.value)
    settings.credentialFile = authfile
    settings.plainHTTP = plainHttp
    settings.skipsVerification = insecureSkipTlsVerify
    if let registryCa { settings.certificateAuthority = try Self.file(registryCa) }
    if let registryCertificate {
      let pem = try Self.file(registryCertificate)
      settings.certificate = .init(.init(chain: pem, key: pem))
    }
    if let password = try password ?? self.password(), let username {
      settings.login = .init(user: username, password: password)
    }
    try settings.bind(to: registries)
    for word in mirror {
      let sides = word.split(separator: "=", maxSplits: 1).map(String.init)
      guard sides.count == 2 else {
        throw BartizanError(
          .usage, "--mirror \(word): wanted is REGISTRY=MIRROR, such as docker.io=mirror.example:5000")
      }
      settings.mirrors[sides[0], default: []].append(sides[1])
    }
    return settings
  }

  private static func file(_ path: String) throws(BartizanError) -> [UInt8] {
    do throws(BartizanError) { return try FileReader.read(path) } catch {
      throw BartizanError(.input, "\(path): \(error.message)")
    }
  }
}
