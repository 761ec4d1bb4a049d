import ArgumentParser
import Collect
import Findings
import Images
import Transport

/// A file of kinds of credentials beside the usual, and of what is accepted.
struct SecretRuleOption: ParsableArguments {
  @Option(
    help:
      "YAML with own kinds of credentials (rules: id, title, severity, pattern, paths, entropy) and what is accepted (allow: rule, path, pattern, reason, expires).",
    completion: .file())
  var secretRules: String?

  /// - Throws: `input` for a file that cannot be read, or is not understood.
  func file() throws(BartizanError) -> SecretRuleFile? {
    guard let secretRules else { return nil }
    let bytes: [UInt8]
    do throws(BartizanError) { bytes = try FileReader.readPlain(secretRules) } catch {
      throw BartizanError(.input, "\(secretRules): \(error.message)")
    }
    return try SecretRuleFile(bytes, name: secretRules, today: Today.text)
  }

  /// Makes a reader of images look for them.
  func apply(to options: inout ImageSource.Options, noCache: Bool) throws(BartizanError) {
    guard let secretRules, let file = try file() else { return }
    options.secretScanner = SecretScanner(file)
    if !noCache { options.cache = LayerCache(folder: UserFolder.cache("layers"), variant: file.identity) }
    // A process of its own has the same working folder.
    options.isolation?.arguments += ["--secret-rules", secretRules, "--today", Today.text]
  }
}
