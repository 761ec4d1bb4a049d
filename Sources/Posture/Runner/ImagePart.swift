/// What an image is made of, as far as checks of its build look at it. Not every input has all of it: an unpacked file system
/// has no configuration, and a bill of materials has packages alone.
package enum ImagePart: String, Sendable, CaseIterable {
  case configuration
  /// The history of the build.
  case steps
  case files
  case packages

  /// What there is none of.
  var text: String {
    switch self {
    case .configuration: "configuration of an image"
    case .steps: "history of a build"
    case .files: "file system"
    case .packages: "list of packages"
    }
  }
}
