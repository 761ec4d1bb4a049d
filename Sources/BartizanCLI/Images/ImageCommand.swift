import ArgumentParser
import Bytes
import Collect
import Findings
import Images
import Report

struct ImageCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "image", abstract: "What an image holds, and which of it is vulnerable.",
    subcommands: [
      ImageScanCommand.self, ImagePackagesCommand.self, ImageExplainCommand.self,
      ImageSBOMCommand.self, ImageSecretsCommand.self,
    ])
}

/// What to look into.
struct ImageArguments: ParsableArguments {
  @Argument(
    help:
      "An image in a registry; an archive of docker save or an OCI layout (tar, tar.gz, tar.zst or a folder); the root of a system, as a folder or a tar; a source folder; an SBOM (CycloneDX, SPDX).",
    completion: .file())
  var source: String
  @Option(help: "table or json.") var format: AnswerFormat = .table
  @OptionGroup var reading: ImageReading

  func contents() async throws -> ImageSource.Contents { try await reading.read(source) }

  static func system(_ contents: ImageSource.Contents) -> String { contents.system?.title ?? "no distribution" }
}

/// How images are found and read.
struct ImageReading: ParsableArguments {
  @Option(help: "Of an image for several platforms, the one for this: linux/amd64, linux/arm64, linux/arm/v7, …")
  var platform: Platform?
  @Flag(help: "Read every layer, also those that were read before.")
  var noCache = false
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

  struct Platform: ExpressibleByArgument {
    let value: ImagePlatform
    init?(argument: String) {
      guard let value = ImagePlatform(argument) else { return nil }
      self.value = value
    }
  }

  /// Where facts of layers are kept.
  static var cacheFolder: String {
    let cache = Environment.value("XDG_CACHE_HOME").flatMap { $0.isEmpty ? nil : $0 }
    return (cache ?? (Environment.value("HOME") ?? ".") + "/.cache") + "/bartizan/layers"
  }

  /// What is there; what could not be read is told on standard error.
  func read(_ source: String, secrets: Bool = false) async throws -> ImageSource.Contents {
    let progress = Progress("layer")
    var options = try options(progress)
    options.readsSecrets = secrets
    let contents = try await ImageSource.read(source, options)
    progress.finish()
    for problem in contents.problems { StandardError.line("bartizan: \(problem.text)") }
    return contents
  }

  func options(_ progress: Progress?) throws -> ImageSource.Options {
    var options = ImageSource.Options()
    options.platform = platform?.value
    if !noCache { options.cache = LayerCache(folder: Self.cacheFolder) }
    options.registry = try registry()
    options.progress = { progress?.update($0, $1) }
    return options
  }

  func registry() throws -> RegistrySettings {
    var settings = RegistrySettings(environment: Environment.value)
    settings.credentialFile = authfile
    settings.plainHTTP = plainHttp
    settings.skipsVerification = insecureSkipTlsVerify
    if let registryCa { settings.certificateAuthority = try Self.file(registryCa) }
    if let registryCertificate {
      let pem = try Self.file(registryCertificate)
      settings.clientCertificate = (pem, pem)
    }
    guard (username != nil) == passwordStdin else {
      throw BartizanError(.usage, "--username and --password-stdin go together")
    }
    if let username {
      let text = String(decoding: try FileReader.readStandardInput(), as: UTF8.self)
      settings.login = (username, String(text.prefix { !$0.isNewline }))
    }
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
