package gijtsv

// The codes of a [Problem], beside those of a [SyntaxError].
const (
	CodeDuplicateColumn  = "duplicate_column"
	CodeMissingColumn    = "missing_column"
	CodeMisspeltColumn   = "misspelt_column"
	CodeUnknownColumn    = "unknown_column"
	CodeUnnamedColumn    = "unnamed_column"
	CodeUnknownPEMColumn = "unknown_pem_column" // the option names a column that is not there

	CodeRaggedRow        = "ragged_row"
	CodeBlankRow         = "blank_row"
	CodeBadEncoding      = "bad_encoding"
	CodeControlCharacter = "control_character"
	CodeTextAfterQuote   = "text_after_quote"
	CodeLineBreak        = "line_break"
	CodeSurroundingSpace = "surrounding_space"
	CodeRedactedValue    = "redacted_value"

	CodeBadBoolean         = "bad_boolean"
	CodeBadInteger         = "bad_integer"
	CodeOutOfRange         = "out_of_range"
	CodeSpreadsheetNumber  = "spreadsheet_number"  // 1.0, 1.2E+05
	CodeSpreadsheetError   = "spreadsheet_error"   // #NAME?
	CodeSpreadsheetFormula = "spreadsheet_formula" // =+refs/a
	CodeLostComma          = "lost_comma"
	CodeLostPlus           = "lost_plus"
	CodeBadProjectMapping  = "bad_project_mapping"
	CodeBadRefSpec         = "bad_ref_spec"
	CodeUnknownRegion      = "unknown_region"
	CodeMisspeltRegion     = "misspelt_region"
	CodeBadRegex           = "bad_regex"
	CodeBadFilter          = "bad_filter"
	CodeUnknownFunction    = "unknown_function"
	CodeBadAPIPath         = "bad_api_path"
	CodeTooLong            = "too_long"
	CodeBadDelete          = "bad_delete"
	CodeBadOrigin          = "bad_origin"
	CodeOriginCredentials  = "origin_credentials"

	CodeFlattenedPEM = "flattened_pem"
	CodeBadPEM       = "bad_pem"
	CodeUnquotedPEM  = "unquoted_pem"
	CodePKCS8PEM     = "pkcs8_pem"
	CodeUnclearPEM   = "unclear_pem" // the column of the key holds something else, as an encrypted form

	CodeDuplicateID         = "duplicate_id"
	CodeDuplicateOrigin     = "duplicate_origin"
	CodeDeleteWithoutID     = "delete_without_id"
	CodeMissingOrigin       = "missing_origin"
	CodeMissingCredential   = "missing_credential"
	CodeMissingAbsoluteRoot = "missing_absolute_root"
	CodeNewIntegration      = "new_integration"
	CodeNewGitHubApp        = "new_github_app"
	CodeReadOnly            = "read_only"
	CodeParentCycle         = "parent_cycle"
	CodeUnknownParent       = "unknown_parent"
)

// Codes returns every code that a [Problem] can have: first those of a [SyntaxError], which end the reading.
func Codes() []string {
	return []string{
		CodeEmptyFile, CodeHTML, CodeWorkbook, CodeNoHeader, CodeNotTabs, CodeCarriageReturn, CodeUnclosedQuote, CodeCellTooLarge,
		CodeRowTooLarge, CodeInvalidUTF16,
		CodeDuplicateColumn, CodeMissingColumn, CodeMisspeltColumn, CodeUnknownColumn, CodeUnnamedColumn, CodeUnknownPEMColumn,
		CodeRaggedRow, CodeBlankRow, CodeBadEncoding, CodeControlCharacter, CodeTextAfterQuote, CodeLineBreak, CodeSurroundingSpace,
		CodeRedactedValue,
		CodeBadBoolean, CodeBadInteger, CodeOutOfRange, CodeSpreadsheetNumber, CodeSpreadsheetError, CodeSpreadsheetFormula,
		CodeLostComma, CodeLostPlus, CodeBadProjectMapping, CodeBadRefSpec, CodeUnknownRegion, CodeMisspeltRegion, CodeBadRegex,
		CodeBadFilter, CodeUnknownFunction, CodeBadAPIPath, CodeTooLong, CodeBadDelete, CodeBadOrigin, CodeOriginCredentials,
		CodeFlattenedPEM, CodeBadPEM, CodeUnquotedPEM, CodePKCS8PEM, CodeUnclearPEM,
		CodeDuplicateID, CodeDuplicateOrigin, CodeDeleteWithoutID, CodeMissingOrigin, CodeMissingCredential,
		CodeMissingAbsoluteRoot, CodeNewIntegration, CodeNewGitHubApp, CodeReadOnly, CodeParentCycle, CodeUnknownParent,
	}
}
