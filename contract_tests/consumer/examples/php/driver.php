<?php
// The driver for `lsq-contract consumer -- php driver.php`: asks the application one question after the other.

declare(strict_types=1);
require __DIR__ . '/slots_client.php';

$client = new SlotsClient(getenv('LSQ_BASE_URL'), getenv('LSQ_ACCESS_KEY'), getenv('LSQ_SECRET_KEY'));
$results = [];
foreach (json_decode(stream_get_contents(STDIN), true)['questions'] as $question) {
    try {
        $times = $client->bookable($question['users'], $question['from'], $question['to'], $question['includeAllowedConflictSlots']);
        $results[] = ['bookable' => $times];
    } catch (SlotsUnknown $error) {
        $results[] = ['error' => $error->getMessage()];
    }
}
echo json_encode(['results' => $results]), "\n";
