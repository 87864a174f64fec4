package switchover

import (
	"encoding/json"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/route53/types"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func cname(target string, ttl int64) types.ResourceRecordSet {
	return types.ResourceRecordSet{
		Name: aws.String("cdn.example.com."), Type: types.RRTypeCname, TTL: aws.Int64(ttl),
		ResourceRecords: []types.ResourceRecord{{Value: aws.String(target)}},
	}
}

// said are changes as "ACTION type".
func said(changes []types.Change) []string {
	var all []string
	for _, c := range changes {
		all = append(all, string(c.Action)+" "+string(c.ResourceRecordSet.Type))
	}
	return all
}

func TestACnameGoesBeforeWhatStandsInItsPlace(t *testing.T) {
	t.Parallel()
	mail := types.ResourceRecordSet{Name: aws.String("cdn.example.com."), Type: types.RRTypeMx}
	wanted := aliasesTo("cdn.example.com", Distribution{"E1", "d111.cloudfront.net"})
	assert.Equal(t, []string{"DELETE CNAME", "UPSERT A", "UPSERT AAAA", "UPSERT HTTPS"},
		said(exchange([]types.ResourceRecordSet{cname("other.example.net", 300)}, wanted)))
	assert.Equal(t, []string{"DELETE A", "DELETE AAAA", "DELETE HTTPS", "UPSERT CNAME"},
		said(exchange(append([]types.ResourceRecordSet{mail}, wanted...), []types.ResourceRecordSet{cname("other.example.net", 300)})))
	assert.Equal(t, []string{"DELETE AAAA", "DELETE HTTPS", "UPSERT A"}, said(exchange(wanted, wanted[:1])), "what was not there before goes")
}

func TestAPlanIsTheSameAfterItWasKeptInAFile(t *testing.T) {
	t.Parallel()
	plan := Plan{To: Distribution{"E1", "d111.cloudfront.net"}, Moves: []Move{
		{Domain: "cdn.example.com", ZoneID: "/hostedzone/Z1", Records: []types.ResourceRecordSet{cname("other.example.net", 900)}},
		{
			Domain: "*.img.example.com", ZoneID: "/hostedzone/Z1", From: &Distribution{"E2", "d222.cloudfront.net"},
			Records: aliasesTo("*.img.example.com", Distribution{"E2", "d222.cloudfront.net"}),
		},
	}}
	text, err := json.Marshal(plan)
	require.NoError(t, err)
	var read Plan
	require.NoError(t, json.Unmarshal(text, &read))
	assert.Equal(t, plan, read)
	assert.Equal(t, int64(900), read.OldestAnswer())
	assert.Equal(t, "CNAME other.example.net; no distribution of this account has it", read.Moves[0].Describe())
}

func TestARecordOfAWildcardIsFoundAsRoute53WritesIt(t *testing.T) {
	t.Parallel()
	for name, at := range map[string]bool{`\052.example.com.`: true, "cdn.example.com.": false, "*.EXAMPLE.com": true} {
		assert.Equal(t, at, isAt(types.ResourceRecordSet{Name: aws.String(name)}, "*.example.com"), name)
	}
}
