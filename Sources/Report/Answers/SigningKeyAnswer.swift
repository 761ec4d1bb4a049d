package import Bytes
package import Trust

/// The files of a new key (`key generate`).
package struct SigningKeyAnswer: KindOfAnswer {
  package static let kind = "SigningKey"

  private let key: VerificationKey
  private let privateFile: String
  private let publicFile: String
  private let isEncrypted: Bool

  package init(key: VerificationKey, privateFile: String, publicFile: String, isEncrypted: Bool) {
    self.key = key
    self.privateFile = privateFile
    self.publicFile = publicFile
    self.isEncrypted = isEncrypted
  }

  package func write(_ writer: inout JSONWriter, to sink: ([UInt8]) -> Void) {
    writer.field("key", key.fingerprint)
    writer.field("type", key.kind.rawValue)
    writer.field("privateKeyFile", privateFile)
    writer.field("publicKeyFile", publicFile)
    writer.field("isEncrypted", isEncrypted)
  }

  package func text(_ terminal: Terminal) -> String {
    """
    private key  \(Terminal.printable(privateFile))\(isEncrypted ? ", encrypted under the password" : ", NOT encrypted: whoever reads the file signs as you")
    public key   \(Terminal.printable(publicFile))
    fingerprint  \(key.fingerprint)

    """
  }
}
