import Images
import TestKit
import Testing

/// What databases of packages say of licences, as expressions of SPDX.
@Suite struct LicenseTests {
  @Test(arguments: [
    (["MIT"], "MIT"), (["mit"], "MIT"), (["GPLv2+"], "GPL-2.0-or-later"),
    (["LGPLv2+ and GPLv2+"], "LGPL-2.0-or-later AND GPL-2.0-or-later"),
    (["OpenSSL and ASL 2.0"], "OpenSSL AND Apache-2.0"), (["zlib and Boost"], "Zlib AND BSL-1.0"),
    (["GPL2"], "GPL-2.0-only"), (["MPL-2.0", "GPL-2.0-or-later"], "MPL-2.0 AND GPL-2.0-or-later"),
    (["(MIT OR Apache-2.0) AND BSD-3-Clause"], "(MIT OR Apache-2.0) AND BSD-3-Clause"),
    (["GPL-2+"], "GPL-2.0-or-later"), (["Expat", "LGPL-2.1+"], "MIT AND LGPL-2.1-or-later"),
    (["GPL-1+ or Artistic-2, and Expat"], "(GPL-1.0-or-later OR Artistic-2.0) AND MIT"),
    (["GFDL-1.3+"], "GFDL-1.3-or-later"),
    // Several licences have this name.
    (["BSD"], nil), (["Public Domain"], nil), (["GPLv2 and Redistributable, no modification permitted"], nil),
  ])
  func expressions(_ words: [String], _ expression: String?) {
    var package = SoftwarePackage(ecosystem: Ecosystem("npm"), name: "a", version: "1", path: "p")
    package.licenses = words
    #expect(package.licenseExpression == expression)
  }

  /// Texts for people refer to what every Debian system has.
  @Test(arguments: [
    (
      "This is free: version 2 or (at your option) any\n later version.\nSee `/usr/share/common-licenses/GPL-2'.",
      ["GPL-2+"]
    ),
    ("License: Apache\n See /usr/share/common-licenses/Apache-2.0.\n", ["Apache", "Apache-2.0"]),
    ("License: GPL-2+\n See /usr/share/common-licenses/GPL-2.\n", ["GPL-2+"]),
    (
      "Copyright: 2020 A\n\nThe text is in /usr/share/common-licenses/GPL-3, and /usr/share/common-licenses/Artistic.\n",
      ["GPL-3", "Artistic"]
    ),
    ("Copyright: 2020 A, all rights are his.\n", nil),
  ])
  func ofDebianTexts(_ text: String, _ licenses: [String]?) throws {
    let path = "usr/share/doc/tool/copyright"
    let extractor = try #require(PackageExtractors.extractor(for: path))
    #expect(extractor.extract(Array(text.utf8), path).traits.first?.licenses == licenses)
  }

  /// The folder of a package may be a link to that of another one of the same source.
  @Test func ofOneSource() throws {
    func control(_ name: String, _ source: String) -> String {
      "Package: \(name)\nStatus: install ok installed\nSource: \(source)\nVersion: 12.2.0-14\n\n"
    }
    let files = [
      ("etc/os-release", "ID=debian\nVERSION_ID=12\n"),
      ("usr/share/doc/gcc-12-base/copyright", "License: GPL-3+\n See /usr/share/common-licenses/GPL-3.\n"),
      (
        "var/lib/dpkg/status",
        control("gcc-12-base", "gcc-12") + control("libgcc-s1", "gcc-12") + control("zlib1g", "zlib")
      ),
    ]
    let scanner = LayerScanner()
    scanner.feed(TarBuilder.archive(files).span.bytes)
    var stack = LayerStack()
    stack.add(scanner.finish().facts, layer: 0)
    #expect(stack.packages.map(\.licenses) == [["GPL-3+"], ["GPL-3+"], []])
  }

  /// Older packages of Alpine name one licence beside the other; each has the sum of its description.
  @Test func ofAlpine() throws {
    let text = "C:Q1p78yvTLG094tHE1+dToJGbmYzQE=\nP:a\nV:1-r0\nL:MPL-2.0 GPL-2.0-or-later\n\nP:b\nV:1-r0\nL:MIT BSD\n\n"
    let extractor = try #require(PackageExtractors.extractor(for: "lib/apk/db/installed"))
    let found = extractor.extract(Array(text.utf8), "lib/apk/db/installed").packages
    #expect(found.map(\.licenses) == [["MPL-2.0", "GPL-2.0-or-later"], ["MIT BSD"]])
    #expect(found.map { $0.checksums.map(\.hex) } == [["a7bf32bd32c6d3de2d1c4d7e753a0919b998cd01"], []])
  }
}
