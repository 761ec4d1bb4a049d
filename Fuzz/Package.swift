// swift-tools-version: 6.1
import PackageDescription

// A package of its own, so that nobody who builds Bartizan builds it. `Sources` is a link to that of Bartizan: within one
// package the targets see what modules show to each other. `run` builds and runs it.

let house: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("InternalImportsByDefault"),
]

func module(_ name: String, _ dependencies: [Target.Dependency], _ settings: [SwiftSetting] = []) -> Target {
  .target(name: name, dependencies: dependencies, path: "Sources/\(name)", swiftSettings: house + settings)
}

func library(_ name: String, _ package: String, _ providers: [String]) -> Target {
  .systemLibrary(name: name, path: "Sources/\(name)", pkgConfig: package, providers: [.apt(providers)])
}

let package = Package(
  name: "bartizan-fuzz",
  dependencies: [
    .package(url: "https://github.com/apple/swift-certificates", from: "1.21.0"),
    .package(url: "https://github.com/apple/swift-asn1", from: "1.7.0"),
    .package(url: "https://github.com/apple/swift-crypto", from: "4.5.0"),
  ],
  targets: [
    library("CYAML", "yaml-0.1", ["libyaml-dev"]),
    library("CZstd", "libzstd", ["libzstd-dev"]),
    library("CZlib", "zlib", ["zlib1g-dev"]),
    library("CIsal", "libisal", ["libisal-dev"]),
    .systemLibrary(name: "CFuzzer", path: "CFuzzer"),
    module("Bytes", ["CYAML", "CZlib", "CZstd", "CIsal"], [.define("ISAL")]),
    module("Findings", []),
    module("Kube", ["Bytes", "Findings"]),
    module("Events", ["Bytes", "Findings"]),
    module("Expressions", ["Bytes"]),
    module("Images", ["Bytes", "Findings", "Kube", .product(name: "Crypto", package: "swift-crypto")]),
    module(
      "Trust",
      [
        "Bytes", "Findings", "Kube", "Expressions", .product(name: "X509", package: "swift-certificates"),
        .product(name: "SwiftASN1", package: "swift-asn1"), .product(name: "Crypto", package: "swift-crypto"),
        .product(name: "CryptoExtras", package: "swift-crypto"),
      ]),
    .executableTarget(
      name: "Readers",
      dependencies: ["CFuzzer", "Bytes", "Findings", "Kube", "Events", "Expressions", "Images", "Trust"],
      path: "Readers",
      swiftSettings: house,
      // gold breaks on what the sanitizer adds.
      linkerSettings: [.unsafeFlags(["-use-ld=lld"])]),
  ],
  cLanguageStandard: .gnu2x
)
