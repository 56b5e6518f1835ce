/// An HTTP endpoint that answers in JSON, in the shape, with the pages and for the credentials that the scenario says.
///
/// `/people` is the list, `/teams/{team}/people` the same for one team, `/policies` a second list, `/people/{id}/mfa` a document a
/// person, `/oauth/token` the token endpoint.
public struct JSONEndpoint: VendorScenario {
  /// The vendor.
  public static let vendor = Vendor.json

  /// How the list is cut into pages.
  public enum Paging: String, Codable, Sendable, CaseIterable {
    /// All in one reply.
    case none
    /// `page`, `per_page`; a `Link` header with a title that has a comma in it.
    case link
    /// `page`, `per_page`; an absolute URL under `/meta/next`.
    case nextURL = "next_url"
    /// The same with a relative URL.
    case relativeURL = "relative_url"
    /// `after`, `limit`; the cursor under `/meta/next`, absent on the last page.
    case cursor
    /// The same with null on the last page and `/meta/more` beside it.
    case cursorWithFlag = "cursor_with_flag"
    /// The same in the header `After-Cursor`.
    case cursorHeader = "cursor_header"
    /// `page`, `per_page`; an absolute URL in the header `X-Next`.
    case urlHeader = "url_header"
    /// `page`, `per_page`, counted from `firstPage`.
    case page
    /// `offset`, `limit`, counted from `firstPage`.
    case offset
    /// `since`, `limit`: rows whose `uid` comes behind.
    case keyset
    /// `cursor` in the JSON body of a POST; the token under `/meta/next`.
    case token = "token_in_body"
  }

  /// The shape of the replies.
  public enum Shape: String, Codable, Sendable, CaseIterable {
    /// `{"data": […], "meta": {…}}`.
    case wrapped
    /// `[…]`.
    case array
    /// `{"people": {uid: {…}}}`.
    case keyed
    /// One JSON value a line.
    case lines
  }

  /// What requests have to prove themselves with.
  public enum Credentials: String, Codable, Sendable, CaseIterable {
    case none, basic, bearer, header, query
    case clientCredentials = "oauth2_client_credentials"
    /// A token that `/login` gives for `name` and `secret` in a JSON body.
    case login
  }

  /// The rows of `/people`, in order.
  public var people: [JSON] = []
  /// The rows of `/policies`.
  public var policies: [JSON] = []
  /// The documents of `/people/{id}/mfa`, by id.
  public var details: [String: JSON] = [:]
  /// How `/people` is cut into pages.
  public var paging = Paging.none
  /// The shape of `/people`.
  public var shape = Shape.wrapped
  /// The number of the first page, or the position of the first row.
  public var firstPage = 1
  /// How many rows a page has at most, whatever is asked for.
  public var maxPageSize = 100
  /// What `/meta/total` says; nil is the truth.
  public var claimedTotal: Int?
  /// Whether `/meta/total` and `/meta/pages` are there.
  public var hasTotal = true
  /// Whether the page after the last one is 204 without a body.
  public var endsWithNoContent = false
  /// What is put into every reply beside the rows, such as an error.
  public var extra: JSON?
  /// Fields that every reply of a list carries.
  public var replyHeaders: [String: String] = [:]
  /// What requests have to prove themselves with.
  public var credentials = Credentials.bearer
  /// The token, key, password or client secret.
  public var secret = "s3cret-Value-9"
  /// The user, client id, or the name of the header or parameter.
  public var user = "idsync"
  /// Whether the token endpoint takes the client's secret in the form only.
  public var wantsSecretInForm = false
  /// Whether the token endpoint wants a JSON body.
  public var wantsJSONBody = false
  /// The audience that the token endpoint insists on.
  public var audience: String?
  /// The seconds a token lives; nil leaves `expires_in` out.
  public var tokenLifetime: Int? = 3600
  /// The character set of the bodies, as declared; `iso-8859-1` is written so.
  public var charset: String?

  /// Makes an endpoint without people.
  public init() {}

  /// The secret.
  public var token: String { secret }

  /// Reads an endpoint; every part may be missing.
  public init(from decoder: any Decoder) throws {
    self.init()
    let values = try decoder.container(keyedBy: CodingKeys.self)
    try values.read(.people, into: &people)
    try values.read(.policies, into: &policies)
    try values.read(.details, into: &details)
    try values.read(.paging, into: &paging)
    try values.read(.shape, into: &shape)
    try values.read(.firstPage, into: &firstPage)
    try values.read(.maxPageSize, into: &maxPageSize)
    try values.read(.claimedTotal, into: &claimedTotal)
    try values.read(.hasTotal, into: &hasTotal)
    try values.read(.endsWithNoContent, into: &endsWithNoContent)
    try values.read(.extra, into: &extra)
    try values.read(.replyHeaders, into: &replyHeaders)
    try values.read(.credentials, into: &credentials)
    try values.read(.secret, into: &secret)
    try values.read(.user, into: &user)
    try values.read(.wantsSecretInForm, into: &wantsSecretInForm)
    try values.read(.wantsJSONBody, into: &wantsJSONBody)
    try values.read(.audience, into: &audience)
    try values.read(.tokenLifetime, into: &tokenLifetime)
    try values.read(.charset, into: &charset)
  }
}

extension Vendor {
  /// Any endpoint with JSON.
  public static let json = Vendor(rawValue: "json")
}
