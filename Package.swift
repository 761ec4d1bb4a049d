// swift-tools-version: 6.1
import PackageDescription

/// The floor plan: module, layer, modules it may import. `ArchitectureTests` reads this file and the imports and
/// compares both with `docs/architecture.md`.
let house: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("InternalImportsByDefault"),
]

func module(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
  .target(name: name, dependencies: dependencies, swiftSettings: house)
}

func tests(_ name: String, _ dependencies: [Target.Dependency], resources: [String] = []) -> Target {
  .testTarget(
    name: name + "Tests", dependencies: dependencies + ["TestKit"], exclude: resources, swiftSettings: house)
}

let package = Package(
  name: "bartizan",
  products: [.executable(name: "bartizan", targets: ["bartizan"])],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0")
  ],
  targets: [
    .systemLibrary(name: "CYAML", pkgConfig: "yaml-0.1", providers: [.apt(["libyaml-dev"])]),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
    .target(name: "ReportAssets"),

    module("Bytes", ["CYAML", "CZlib"]),
    module("Findings"),
    module("Kube", ["Bytes", "Findings"]),
    module("Events", ["Bytes", "Findings"]),
    module("Access", ["Bytes", "Findings", "Kube", "Events"]),
    module("Reach", ["Bytes", "Findings", "Kube"]),
    module("Posture", ["Bytes", "Findings", "Kube", "Access", "Reach"]),
    module("Collect", ["Bytes", "Findings", "Kube"]),
    module("Report", ["Bytes", "Findings", "ReportAssets"]),
    module(
      "BartizanCLI",
      [
        "Bytes", "Findings", "Kube", "Events", "Access", "Reach", "Posture", "Collect", "Report",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ]),
    .executableTarget(name: "bartizan", dependencies: ["BartizanCLI"], swiftSettings: house),
    .executableTarget(
      name: "Benchmarks", dependencies: ["Bytes"], path: "Benchmarks/Readers", swiftSettings: house),

    .target(
      name: "TestKit", dependencies: ["Bytes", "Findings", "Kube", "Collect", "CZlib"], path: "Tests/TestKit",
      swiftSettings: house),
    tests("Architecture", ["Posture", "Findings"]),
    tests("Bytes", ["Bytes"]),
    tests("Findings", ["Findings"]),
    tests("Kube", ["Bytes", "Findings", "Kube"]),
    tests("Events", ["Bytes", "Findings", "Events"]),
    tests("Access", ["Bytes", "Findings", "Kube", "Events", "Access"]),
    tests("Reach", ["Bytes", "Findings", "Kube", "Collect", "Reach"]),
    tests("Posture", ["Bytes", "Findings", "Kube", "Access", "Collect", "Posture"], resources: ["Cases"]),
    tests("Collect", ["Bytes", "Findings", "Kube", "Collect"]),
    tests("Report", ["Bytes", "Findings", "Report"]),
    tests("BartizanCLI", ["Bytes", "Findings", "Posture", "BartizanCLI"]),
  ],
  cLanguageStandard: .gnu2x
)
