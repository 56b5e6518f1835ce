internal import Crypto
internal import Foundation
import Mustache

/// The fixed parts of the Access page: templates, style and script, and the policy that allows these and no others.
struct PageAssets: Sendable {
  /// Everything before the tables.
  let head: MustacheTemplate
  /// Everything after them.
  let foot: MustacheTemplate
  /// The style sheet.
  let style: String
  /// The script, which only adds search.
  let script: String
  /// The content security policy: nothing but this very style and script.
  let policy: String

  /// Loads the parts, once for a page.
  ///
  /// - Throws: a parser error when a template is broken.
  init() throws {
    MustacheContentTypes.register(InertContent(), named: "INERT")
    head = try MustacheTemplate(string: Self.text(PackageResources.head_mustache))
    foot = try MustacheTemplate(string: Self.text(PackageResources.foot_mustache))
    style = Self.text(PackageResources.access_css)
    script = Self.text(PackageResources.access_js)
    policy =
      "default-src 'none'; style-src '\(Self.hash(of: style))'; "
      + "script-src '\(Self.hash(of: script))'; base-uri 'none'; form-action 'none'"
  }

  private static func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

  private static func hash(of text: String) -> String {
    let digest = Data(SHA256.hash(data: Data(text.utf8)))
    return "sha256-" + digest.base64EncodedString()
  }
}

/// Makes every `{{value}}` of a template harmless; the library's own escapes compare characters, and `"` with a combining
/// mark is another character but the same quote to a browser.
private struct InertContent: MustacheContentType {
  func escapeText(_ text: String) -> String { InertText.make(text, for: .html) }
}
