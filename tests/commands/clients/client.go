// The work of client.py with net/http: lists, pages on, creates, reads, deletes, asks for what is gone.
package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"time"
)

var client = http.Client{Timeout: 20 * time.Second}

// The transport asks for gzip and unpacks it by itself.
func call(method, url, body string) []byte {
	request, err := http.NewRequest(method, url, strings.NewReader(body))
	if err != nil {
		panic(err)
	}
	request.Header.Set("Authorization", "Bearer "+os.Args[3])
	if body != "" {
		request.Header.Set("Content-Type", "application/json")
	}
	response, err := client.Do(request)
	if err != nil {
		panic(err)
	}
	defer response.Body.Close()
	content, err := io.ReadAll(response.Body)
	if err != nil {
		panic(err)
	}
	fmt.Println(response.StatusCode)
	return content
}

func main() {
	old := os.Args[1] + "/iam/v1beta1/organizations/" + os.Args[2]
	call("GET", old+"/users?limit=2", "")
	call("GET", old+"/users?limit=2&offset=2", "")
	var team struct{ ID string }
	made := call("POST", old+"/teams", `{"name": "recorded", "description": "für alle"}`)
	if err := json.Unmarshal(made, &team); err != nil {
		panic(err)
	}
	call("GET", old+"/teams/"+team.ID, "")
	call("DELETE", old+"/teams/"+team.ID, "")
	call("GET", old+"/teams/"+team.ID, "")
	call("GET", os.Args[1]+"/v1/organizations/"+os.Args[2]+"/audit-logs", "")
}
