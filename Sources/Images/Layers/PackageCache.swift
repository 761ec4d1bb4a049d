/// What a package manager keeps for its next run, of which an image has none.
package struct PackageCache: Sendable, Equatable {
  /// The folder, from the root.
  package let folder: String
  package var files: Int
  /// Total size of its files.
  package var bytes: Int
  /// Index of the layer that holds it, from the bottom. A later one may hide it; its bytes are there all the same.
  package var layer = 0

  package init(folder: String, files: Int, bytes: Int) {
    self.folder = folder
    self.files = files
    self.bytes = bytes
  }

  /// A folder that a package manager fills, and how a build empties it.
  package struct Place: Sendable {
    package let folder: String
    package let manager: String
    package let remedy: String
  }

  package static let places: [Place] = [
    Place(folder: "etc/apk/cache", manager: "apk", remedy: "apk add --no-cache"),
    Place(folder: "go/pkg/mod/cache", manager: "go", remedy: "build in a stage of its own, and copy the program"),
    Place(
      folder: "root/.cache/composer", manager: "composer",
      remedy: "composer install && composer clear-cache in one step"),
    Place(folder: "root/.cache/go-build", manager: "go", remedy: "build in a stage of its own, and copy the program"),
    Place(folder: "root/.cache/pip", manager: "pip", remedy: "pip install --no-cache-dir"),
    Place(folder: "root/.cache/uv", manager: "uv", remedy: "uv pip install --no-cache"),
    Place(folder: "root/.cache/yarn", manager: "yarn", remedy: "yarn install && yarn cache clean in one step"),
    Place(
      folder: "root/.cargo/registry", manager: "cargo", remedy: "build in a stage of its own, and copy the program"),
    Place(
      folder: "root/.gradle/caches", manager: "gradle", remedy: "build in a stage of its own, and copy the archive"),
    Place(folder: "root/.m2/repository", manager: "maven", remedy: "build in a stage of its own, and copy the archive"),
    Place(folder: "root/.npm/_cacache", manager: "npm", remedy: "npm ci && npm cache clean --force in one step"),
    Place(
      folder: "usr/local/cargo/registry", manager: "cargo", remedy: "build in a stage of its own, and copy the program"),
    Place(
      folder: "usr/local/share/.cache/yarn", manager: "yarn", remedy: "yarn install && yarn cache clean in one step"),
    Place(folder: "var/cache/apk", manager: "apk", remedy: "apk add --no-cache"),
    Place(folder: "var/cache/apt", manager: "apt", remedy: "apt-get clean in the same step"),
    Place(folder: "var/cache/dnf", manager: "dnf", remedy: "dnf clean all in the same step"),
    Place(folder: "var/cache/libdnf5", manager: "dnf", remedy: "dnf clean all in the same step"),
    Place(folder: "var/cache/yum", manager: "yum", remedy: "yum clean all in the same step"),
    Place(folder: "var/cache/zypp", manager: "zypper", remedy: "zypper clean --all in the same step"),
    Place(folder: "var/lib/apt/lists", manager: "apt", remedy: "rm -rf /var/lib/apt/lists/* in the same step"),
  ]

  private static let byFirstByte: [UInt8: [Place]] = Dictionary(grouping: places) { $0.folder.utf8.first ?? 0 }

  /// The place that a file lies in; nil for files elsewhere.
  package static func place(of path: String) -> Place? {
    guard let first = path.utf8.first, let places = byFirstByte[first] else { return nil }
    return places.first { place in
      path.utf8.count > place.folder.utf8.count + 1 && path.utf8.starts(with: place.folder.utf8)
        && path.utf8.dropFirst(place.folder.utf8.count).first == 0x2F
    }
  }
}
