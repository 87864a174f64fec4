package docs_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"imagecdn/internal/golden"
)

// feature is something that users of a CDN look for.
type feature struct {
	name string
	// peers is who else has it, as "CDK TFM CP ...": Y, P for a part of it, N.
	peers string
	// page has more about it, "" for none.
	page string
	// tests show it, as folder.Test. Without any it is not there.
	tests string
}

// matrix is what the peers have between them, in the order of their columns: AWS CDK, the
// terraform-aws-modules for CloudFront and ACM, cloudposse's module, SST, Pulumi's example
// in TypeScript, its static-website component, its Go template, AWS Solutions Constructs,
// AWS's image solutions. Read from their sources in 2026.
var matrix = []feature{
	{"Certificate, validation and the wait for it as one unit", "P P N Y Y Y N N N", "dns.md", "components.TestAValidatedCertificateIsUsefulAlone engine.TestAMissingValidationRecordIsNamedWhenTheWaitIsOver"},
	{"One validation record for a name and its wildcard", "Y Y N Y N N N N N", "dns.md", "components.TestHowDomainsAreWrittenDoesNotMatter engine.TestStacksShareAValidationRecordAndTheLastOneDeletesIt"},
	{"A zone per name", "Y P N P N N N N N", "dns.md", "components.TestEveryDomainHasThreeAliasRecordsInItsZone components.TestTheZoneOfADomainIsThePublicOneWithTheLongestName"},
	{"DNS in another account", "N P N N N N N N N", "dns.md", "engine.TestZoneBucketAndDistributionMayBelongToThreeAccounts"},
	{"A and AAAA records", "Y N Y P N N N N N", "dns.md", "engine.TestACdnLivesFromPreviewToDestroy"},
	{"HTTPS record (type 65)", "Y N N N N N N N N", "dns.md", "engine.TestACdnLivesFromPreviewToDestroy"},
	{"Origin access control", "Y Y P Y N N Y Y Y", "bucket-policy.md", "components.TestCloudFrontSignsEveryRequestToTheBucket engine.TestACdnLivesFromPreviewToDestroy"},
	{"A grant for this distribution alone", "Y N Y N N N Y Y Y", "bucket-policy.md", "components.TestAnExistingBucketGetsOneStatementAndNothingElse engine.TestTwoStacksShareABucketWithAPolicyOfItsOwn"},
	{"One statement beside those of an existing bucket policy", "N N N N N N N N N", "bucket-policy.md", "provider.TestAGrantComesChangesAndGoesAndTheRestStays engine.TestTwoStacksShareABucketWithAPolicyOfItsOwn"},
	{"A grant on a customer KMS key", "P N N N N N N P N", "encryption.md", "components.TestTheKeyOfTheDefaultEncryptionIsGrantedBeforeTheDomainsPointAtTheDistribution engine.TestImagesUnderAKeyOfOnesOwnAreServed"},
	{"Origin Shield", "Y Y Y P N N N P Y", "origins.md", "components.TestTheOriginShieldIsTheOneNearestToTheBucket engine.TestEverythingAtOnceLivesAndLeavesNothing"},
	{"Failover to another origin", "Y Y Y P N N N P Y", "origins.md", "components.TestAReplicaIsAskedWhereTheBucketFails engine.TestAReplicaServesWhileTheBucketFails"},
	{"Cache policies", "Y Y P P N N N P Y", "caching.md", "components.TestTheCacheKeepsImagesAsLongAsTold engine.TestViewersGetTheHeadersThatWereAskedFor"},
	{"Only what matters of query and Accept is in the cache key", "N N N N N N N N Y", "caching.md", "components.TestNothingButThePathIsInTheCacheKey components.TestOnlyNamedQueryParametersAreInTheCacheKey"},
	{"Response headers policy", "Y Y P P N N N Y Y", "headers.md", "components.TestThePolicyOfHeadersSaysWhatWasAskedFor engine.TestViewersGetTheHeadersThatWereAskedFor"},
	{"HTTP/3", "Y Y Y P N N N P N", "architecture.md", "components.TestTheDistributionIsMadeForImages"},
	{"TLS 1.2 or newer by default", "Y Y Y Y N N N P N", "architecture.md", "components.TestTheDistributionIsMadeForImages"},
	{"Web ACL", "P P P Y N N N P N", "architecture.md", "components.TestTheManagedWebAclHasTheConsolesRuleGroups engine.TestDomainsAndProtectionChangeWhileAViewerAsks"},
	{"Restriction by country", "Y Y Y P N N N P N", "", "components.TestADistributionIsSeenInTheCountriesThatWereSaid engine.TestFunctionsRunAtTheEdge"},
	{"Answers for missing images", "Y Y Y Y Y Y P P Y", "missing.md", "components.TestAPlaceholderStandsInForMissingImagesAlone engine.TestViewersGetTheHeadersThatWereAskedFor"},
	{"Access logs", "P Y P N P P N P P", "logging.md", "engine.TestRequestsAreLoggedToABucketThatIsThere"},
	{"Keys for signed URLs", "Y N N N N N N N N", "signing.md", "components.TestSignersAreAKeyGroupOfTheirPublicKeys engine.TestImagesAreForWhoHasASignature"},
	{"Functions at the edge", "Y Y P Y N P N P Y", "functions.md", "components.TestOneFunctionRunsAtEachEventOfEveryBehaviour engine.TestFunctionsRunAtTheEdge"},
	{"Invalidation", "P N N Y N N N N N", "", ""},
	{"A switch for the wait until the edge has it", "N Y Y Y N N N N N", "architecture.md", "components.TestAnUpThatChangesTheBucketWaitsForTheEdgeWhateverItWasTold engine.TestNoRequestIsRefusedWhileTheBucketOfALiveCdnIsExchanged"},
	{"Metrics, alarms, a dashboard", "Y P P P N N N N P", "monitoring.md", "components.TestAlarmsHaveTheirLimitsAndTellTheTopic engine.TestSomebodyIsToldWhenTheCdnFails"},
	{"Price class and tags", "Y Y Y Y N P N P P", "architecture.md", "components.TestThePartsAreTaggedAsTold components.TestTheDistributionIsMadeForImages"},
	{"Inputs are checked", "P N P P P P N P P", "wrong-inputs.md", "components.TestTheDocumentationHasWhatIsSaidOfEachMistake engine.TestEverythingThatIsWrongIsReportedAtOnceBeforeAnythingIsCreated"},
	{"Tests without a cloud account", "Y N N P N N N Y P", "fidelity.md", "engine.TestACdnLivesFromPreviewToDestroy"},
	{"Usable from Go", "Y N N N N Y Y N N", "_index.md", "engine.TestAGoProgramOutsideTheModuleProvisionsAndDestroysACdn"},
}

// lead is what none of the peers does well.
var lead = []feature{
	{"A grant that keeps every other statement, through up, update, rename, deployments at once and destroy", "", "bucket-policy.md", "engine.TestTwoStacksShareABucketWithAPolicyOfItsOwn engine.TestRenamingAGrantKeepsExactlyOneStatement provider.TestProcessesThatRaceConverge"},
	{"The same for a customer KMS key", "", "encryption.md", "engine.TestImagesUnderAKeyOfOnesOwnAreServed provider.TestAGrantOnAKeyComesChangesAndGoesAndTheRestStaysByteForByte"},
	{"DNS in another account; the longest zone at a label boundary; public zones only; another one per name", "", "dns.md", "engine.TestZoneBucketAndDistributionMayBelongToThreeAccounts components.TestTheZoneOfADomainIsThePublicOneWithTheLongestName provider.TestADomainIsPlacedInThePublicZoneWithTheLongestName"},
	{"Named causes and cures before the long wait", "", "wrong-inputs.md", "engine.TestWhatAWSWouldRefuseIsReportedAtOnceBeforeAnythingIsMade"},
	{"A bounded wait that names the missing record", "", "dns.md", "engine.TestAMissingValidationRecordIsNamedWhenTheWaitIsOver"},
	{"Shared validation records are neither seized nor deleted while a certificate needs them", "", "dns.md", "engine.TestStacksShareAValidationRecordAndTheLastOneDeletesIt provider.TestARecordStaysWhileAnotherCertificateNeedsIt"},
	{"Previews show every resource", "", "architecture.md", "components.TestAPreviewShowsExactlyTheResourcesThatAnUpMakes components.TestAPreviewShowsEveryResourceEvenIfNothingCanBeLookedUpYet"},
	{"Safe order of a rotation and of a destroy", "", "architecture.md", "engine.TestDomainsAndProtectionChangeWhileAViewerAsks components.TestTheDistributionIsDeletedBeforeWhatItUses"},
	{"A live domain moves from another distribution without a failed request", "", "switch.md", "engine.TestALiveDomainMovesFromAnotherDistributionAndBackWithoutAFailedRequest"},
	{"Real 404s without a list of the bucket", "", "missing.md", "components.TestTheListIsGrantedOnceTheRootObjectIsEverywhere engine.TestViewersGetTheHeadersThatWereAskedFor"},
	{"Image caching by default: a clean key, long times, CORS from one entry, HTTP/3 with IPv6", "", "caching.md", "components.TestNothingButThePathIsInTheCacheKey engine.TestViewersGetTheHeadersThatWereAskedFor"},
	{"Logs without ACLs; alarms for errors, hit rate and the certificate", "", "monitoring.md", "engine.TestRequestsAreLoggedToABucketThatIsThere engine.TestSomebodyIsToldWhenTheCdnFails"},
	{"All faults of an input at once, each with field, value and cure", "", "wrong-inputs.md", "components.TestAllFaultsAreReportedAtOnce engine.TestThePersonAtTheCliReadsEachFaultOnceAndNothingElse"},
	{"The whole graph tested offline through the real engine, by the CLI and the Automation API", "", "architecture.md", "engine.TestTheCliAndTheAutomationApiAreInterchangeable"},
	{"An AWS on this machine, from DNS to a cached pixel", "", "fidelity.md", "engine.TestACdnLivesFromPreviewToDestroy"},
}

// wishes are what users ask for in public, the most frequent first.
var wishes = []feature{
	{"Resizing, and WebP or AVIF beside the originals", "", "", ""},
	{"Purge when an image is overwritten or deleted", "", "", ""},
	{"A prefix as root, several buckets under paths", "", "origins.md", "components.TestAMountIsOneMoreOriginWithTheCdnsOwnPolicies engine.TestBucketsAreMountedUnderPaths"},
	{"DNS outside Route 53, a certificate of one's own", "", "dns.md", "engine.TestRecordsAndGrantMayBeSomebodyElsesToWrite engine.TestWhatWasGivenIsUsedAndLeftAlone"},
	{"Multi-tenant distributions", "", "", ""},
	{"Private images end to end, with key rotation", "", "signing.md", "engine.TestImagesAreForWhoHasASignature"},
	{"A guard against crawlers and bills", "", "", ""},
	{"Scarce resources shared between CDNs", "", "", ""},
	{"Cache-Control and Content-Type repaired for old objects", "", "functions.md", "engine.TestFunctionsRunAtTheEdge engine.TestViewersGetTheHeadersThatWereAskedFor"},
	{"A bucket in another account", "", "bucket-policy.md", "engine.TestZoneBucketAndDistributionMayBelongToThreeAccounts"},
	{"Purge by cache tag", "", "", ""},
	{"Flat-rate plans", "", "", ""},
	{"Hot-link protection", "", "functions.md", "engine.TestFunctionsRunAtTheEdge"},
	{"Keys with spaces, plus and Unicode", "", "names.md", "engine.TestViewersGetTheHeadersThatWereAskedFor"},
	{"Staged rollout", "", "", ""},
}

// The tables of features are written from the lists above: UPDATE=1 go test ./docs
func TestThePageOfFeaturesNamesTheTestOfEach(t *testing.T) {
	t.Parallel()
	page := filepath.Join(root, "docs", "features.md")
	head := "| feature | CDK | TFM | CP | SST | ex-ts | site | Tpl | SC | IMG | ImageCdn | shown by |"
	rows := []string{head, strings.Repeat("|---", strings.Count(head, "|")-1) + "|"}
	for _, f := range matrix {
		peers := strings.Fields(f.peers)
		require.Len(t, peers, 9, f.name)
		rows = append(rows, fmt.Sprintf("| %s | %s | %s | %s |", f.link(), strings.Join(peers, " | "), f.has(), f.shown(t)))
	}
	golden.Table(t, page, "matrix", rows)
	for name, list := range map[string][]feature{"lead": lead, "wishes": wishes} {
		rows := []string{"| feature | ImageCdn | shown by |", "|---|---|---|"}
		for _, f := range list {
			rows = append(rows, fmt.Sprintf("| %s | %s | %s |", f.link(), f.has(), f.shown(t)))
		}
		golden.Table(t, page, name, rows)
	}
}

func (f feature) has() string {
	if f.tests == "" {
		return "not yet"
	}
	return "Y"
}

func (f feature) link() string {
	if f.page == "" {
		return f.name
	}
	return "[" + f.name + "](" + f.page + ")"
}

// suites are the folders of the tests that show features.
var suites = map[string]string{"components": "components", "provider": "provider", "engine": "test/engine"}

// shown names the tests, all of which are there.
func (f feature) shown(t *testing.T) string {
	t.Helper()
	var all []string
	for name := range strings.FieldsSeq(f.tests) {
		suite, test, _ := strings.Cut(name, ".")
		require.Contains(t, suites, suite, name)
		assert.True(t, isTest(t, suites[suite], test), "%s: there is no test %s", f.name, name)
		all = append(all, "`"+name+"`")
	}
	return strings.Join(all, ", ")
}

// isTest says whether a folder has a test.
func isTest(t *testing.T, folder, name string) bool {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(root, folder, "*_test.go"))
	require.NoError(t, err)
	require.NotEmpty(t, files, folder)
	for _, path := range files {
		source, err := os.ReadFile(path)
		require.NoError(t, err)
		file, err := parser.ParseFile(token.NewFileSet(), path, source, parser.SkipObjectResolution)
		require.NoError(t, err)
		for _, declared := range file.Decls {
			if function, ok := declared.(*ast.FuncDecl); ok && function.Recv == nil && function.Name.Name == name {
				return true
			}
		}
	}
	return false
}
