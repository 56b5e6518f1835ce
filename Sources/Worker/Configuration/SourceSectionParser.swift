internal import ConnectorKit
internal import IdentityCore
internal import Local

/// Reads `sources`.
struct SourceSectionParser {
  /// Rosters that teams name and that need no entry.
  let implied: Set<SourceName>

  func sources(_ section: YAMLSection?, _ root: YAMLSection) -> [SourceName: SourceConfiguration] {
    var sources = impliedSources
    guard let section else {
      if sources.isEmpty { _ = root.require("sources") }
      return sources
    }
    for name in section.keys {
      guard let entry = section.section(name) else { continue }
      sources[name] = source(name, entry)
    }
    if section.keys.isEmpty { root.reject("sources", "name at least one source") }
    check(sources, section)
    return sources
  }

  private var impliedSources: [SourceName: SourceConfiguration] {
    guard implied.contains(LocalKind.word) else { return [:] }
    let name = LocalKind.word
    return [
      name: SourceConfiguration(
        name: name, kind: LocalKind(), place: "", url: nil, maxConcurrent: 1, rateShare: 1,
        ssoHosts: [],
        routes: [], make: LocalKind.make)
    ]
  }

  private func source(_ name: SourceName, _ section: YAMLSection) -> SourceConfiguration? {
    guard section.require("kind") != nil, let kind = kind(section) else { return nil }
    let maxConcurrent = section.value(
      "max_concurrent", "a whole number from 1", ScalarText.positive)
    let rateShare = section.value("rate_share", "a share such as 50%", ScalarText.share)
    let deadline = section.value("deadline", ScalarText.spanText, ScalarText.span)
    var url: URLHandle?
    if kind.address != .none {
      if kind.address == .required, !section.keys.contains("url") { _ = section.require("url") }
      url = section.url("url")
    }
    let hosts = section.strings("sso_hosts")?.map { $0.lowercased() }
    let routes = section.sections("upstream").compactMap { upstream($0) }
    let vouches = section.sections("vouch").compactMap { VouchParser(kind: kind).vouch($0) }
    let file = section.keys.contains("file") ? section.string("file") : nil
    for (provider, same) in Dictionary(grouping: routes, by: \.identityProvider)
      .sorted(by: { $0.key < $1.key })
    where same.count > 1 {
      section.reject(
        "upstream",
        "the idp \(WrongValue.quoted(provider)) is named \(same.count) times; name each once")
    }
    let make = kind.configure(section)
    section.finish()
    guard let make else { return nil }
    return SourceConfiguration(
      name: name, kind: kind, place: section.place, url: url, maxConcurrent: maxConcurrent ?? 4,
      rateShare: rateShare ?? 0.5, deadline: deadline, ssoHosts: hosts ?? [], routes: routes,
      make: make, vouches: vouches, file: file)
  }

  private func kind(_ section: YAMLSection) -> (any SourceKind)? {
    guard let word = section.string("kind") else { return nil }
    if let kind = SourceKinds.all.first(where: { $0.word == word }) { return kind }
    let words = SourceKinds.all.map(\.word)
    section.reject(
      "kind",
      "there is no kind \(WrongValue.quoted(word))\(WrongValue.nearest(word, in: words)); there are: "
        + words.joined(separator: ", "))
    return nil
  }

  private func upstream(_ section: YAMLSection) -> UpstreamRoute? {
    let identityProvider = section.requiredString("idp")
    let provider = section.requiredString("provider")
    let app = section.requiredString("app")
    section.finish()
    guard let identityProvider, let provider, let app else { return nil }
    return UpstreamRoute(
      identityProvider: identityProvider, target: SignInTarget(provider: provider, app: app))
  }

  private func check(_ sources: [SourceName: SourceConfiguration], _ section: YAMLSection) {
    for source in sources.values {
      for route in source.routes where sources[route.target.provider]?.isProvider != true {
        let known = sources.values.filter(\.isProvider).map(\.name).sorted()
        section.reject(
          source.name,
          "upstream names \"\(route.target.provider)\", which is no usable provider"
            + WrongValue.nearest(route.target.provider, in: known))
      }
    }
  }
}
