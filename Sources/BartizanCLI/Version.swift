/// The version of the product: a semantic version, the same as the newest entry of CHANGELOG.md.
enum Version {
  static let text = "0.1.0"
}
