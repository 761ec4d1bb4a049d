import ArgumentParser
import Bytes
import Findings
import Operations
import Transport
import Trust

/// With which private key is signed.
struct SigningKeyOptions: ParsableArguments {
  @Option(help: "The private key: PKCS #8, SEC 1 or PKCS #1 as PEM, or a file of cosign's.", completion: .file())
  var key: String
  @OptionGroup var password: KeyPasswordOptions

  func read() throws(BartizanError) -> SigningKey {
    let bytes = try FileReader.named(key)
    let file: SigningKey.File
    do throws(TrustFailure) { file = try SigningKey.File(pem: bytes) } catch {
      throw BartizanError(.input, "\(key): \(error.sentence)")
    }
    switch file {
    case .plain(let key): return key
    case .encrypted(let encrypted):
      var word = try KeyPassword.given(password.keyPasswordFile)
      if word == nil { word = try KeyPassword.asked("Password of \(key): ") }
      guard let word else { throw BartizanError(.usage, "\(key) is encrypted: \(KeyPassword.places)") }
      do throws(TrustFailure) { return try SigningKey(der: try encrypted.open(word)) } catch {
        throw BartizanError(.input, "\(key): \(error.sentence)")
      }
    }
  }
}

/// Where the password of a private key comes from. It is no option itself: arguments are seen by everybody on the machine.
struct KeyPasswordOptions: ParsableArguments {
  @Option(
    help:
      "The file whose first line is the password of the key; or it is BARTIZAN_KEY_PASSWORD or COSIGN_PASSWORD, or is asked for.",
    completion: .file())
  var keyPasswordFile: String?
}

enum KeyPassword {
  static let places =
    "its password comes from --key-password-file, BARTIZAN_KEY_PASSWORD or COSIGN_PASSWORD, or from a terminal"

  /// From the file, or a variable; nil where there is neither. A variable that is set to nothing is an empty password, as for cosign.
  static func given(_ path: String?) throws(BartizanError) -> [UInt8]? {
    if let path {
      let line = try FileReader.named(path).prefix { $0 != 0x0A }
      return Array(line.last == 0x0D ? line.dropLast() : line)
    }
    return (Environment.value("BARTIZAN_KEY_PASSWORD") ?? Environment.value("COSIGN_PASSWORD")).map { Array($0.utf8) }
  }

  /// Asks at the terminal; nil where there is none.
  static func asked(_ prompt: String) throws(BartizanError) -> [UInt8]? {
    do throws(SystemError) { return try PasswordPrompt.ask(prompt) } catch {
      throw BartizanError(.input, "the password could not be read: \(error.message)")
    }
  }
}
