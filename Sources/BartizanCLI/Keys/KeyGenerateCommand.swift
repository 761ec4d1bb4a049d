import ArgumentParser
import Bytes
import Findings
import Report
import Transport
import Trust

struct KeyGenerateCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "generate", abstract: "Make a key pair to sign images with.",
    discussion: """
      EXAMPLES
        bartizan key generate --name team
        bartizan key generate --name team --type ed25519 --key-password-file password
        bartizan key generate --name ci --unencrypted

      NAME.key is the private key, readable by its owner alone, encrypted under the password in the format of cosign (scrypt, \
      XSalsa20-Poly1305), so that `cosign sign --key` takes it, too. NAME.pub is the public key, for `image verify --key` \
      and for policies. Files that are there are left alone. Exit code 0: made; 2: not.
      """)

  @Option(help: "Of the files, without their endings.", completion: .file()) var name = "bartizan"
  @Option(help: "p256, p384, p521, ed25519, rsa3072 or rsa4096.") var type: SigningKey.Kind = .p256
  @Flag(help: "Write the private key as PKCS #8 without a password.") var unencrypted = false
  @OptionGroup var password: KeyPasswordOptions
  @OptionGroup var output: OutputOptions<SigningKeyAnswer>

  func run() async throws {
    let (privateFile, publicFile) = (name + ".key", name + ".pub")
    for file in [privateFile, publicFile] where FileStatus(file, followsLinks: false) != nil {
      throw BartizanError(.input, "\(file) is there, and is not written over")
    }
    let word = unencrypted ? nil : try newPassword()
    let key: SigningKey
    let text: String
    do throws(TrustFailure) {
      key = try SigningKey.generate(type)
      if let word {
        var random = SystemRandomNumberGenerator()
        func bytes(_ count: Int) -> [UInt8] { (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) } }
        text = try EncryptedKeyFile(pkcs8: key.pkcs8, password: word, salt: bytes(32), nonce: bytes(24)).pem
      } else {
        text = PEM.text("PRIVATE KEY", key.pkcs8)
      }
    } catch {
      throw BartizanError(.input, error.sentence)
    }
    try FileWriter.writePrivate(Array(text.utf8), to: privateFile)
    try FileWriter.write(Array(PEM.text("PUBLIC KEY", key.publicKey.spki).utf8), to: publicFile)
    try output.give(
      SigningKeyAnswer(
        key: key.publicKey, privateFile: privateFile, publicFile: publicFile, isEncrypted: !unencrypted))
  }

  private func newPassword() throws -> [UInt8] {
    if let given = try KeyPassword.given(password.keyPasswordFile) {
      guard !given.isEmpty else { throw Self.noPassword }
      return given
    }
    guard let first = try KeyPassword.asked("Password for the new key: "), !first.isEmpty else { throw Self.noPassword }
    guard try KeyPassword.asked("Again: ") == first else { throw BartizanError(.input, "the two passwords differ") }
    return first
  }

  private static let noPassword = BartizanError(
    .usage,
    "the key is kept encrypted: \(KeyPassword.places); --unencrypted does without")
}

extension SigningKey.Kind: ExpressibleByArgument {}
