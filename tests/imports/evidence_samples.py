"""Files of other tools, invented: the shape that each one writes, the least of it."""

import json


def computer(name: str, serial: str, **more: object) -> dict[str, object]:
    """Return the document of a computer, as GLPI Agent writes it."""
    return {
        "action": "inventory",
        "deviceid": f"{name}-2026-10-05-09-00-00",
        "itemtype": "Computer",
        "content": {
            "versionclient": "GLPI-Agent_v1.7",
            "hardware": {
                "name": name,
                "chassis_type": more.get("shape", "Laptop"),
                "memory": more.get("memory", 8192),
                "lastloggeduser": "anne.exemple",
            },
            "bios": {"ssn": serial, "smanufacturer": "Exemple", "smodel": "P-1"},
            "operatingsystem": {"full_name": more.get("system", "Windows 11 Pro")},
            "networks": [{"mac": more.get("mac", "00:00:00:00:00:00"), "type": "wifi"}],
        },
    }


def glpi(*documents: dict[str, object]) -> bytes:
    """Return several documents in one file, one after the other."""
    return "\n".join(map(json.dumps, documents)).encode()


NETWORK_XML = b"""<?xml version="1.0" encoding="UTF-8"?>
<REQUEST><QUERY>SNMPQUERY</QUERY><DEVICEID>foo-2026-10-05</DEVICEID><CONTENT>
<DEVICE><INFO><TYPE>NETWORKING</TYPE><NAME>sw-rdc</NAME><SERIAL>SW1</SERIAL>
<MAC>b0:5a:da:10:10:80</MAC><MODEL>2530-24G</MODEL></INFO></DEVICE>
<DEVICE><INFO><TYPE>NETWORKING</TYPE><NAME>borne-bcd</NAME><SERIAL>AP1</SERIAL></INFO>
</DEVICE><DEVICE><INFO><TYPE>NETWORKING</TYPE><NAME>UAP-etage</NAME>
<SERIAL>AP2</SERIAL></INFO></DEVICE><DEVICE></DEVICE>
<DEVICE><INFO><TYPE>PRINTER</TYPE><NAME>copieur</NAME><SERIAL>PR1</SERIAL></INFO>
</DEVICE></CONTENT></REQUEST>"""

OCS_XML = b"""<?xml version="1.0" encoding="ISO-8859-1"?>
<REQUEST><QUERY>INVENTORY</QUERY><DEVICEID>pc-2-2026-10-05</DEVICEID><CONTENT>
<VERSIONCLIENT>OCS-NG_WINDOWS_AGENT_v2.10</VERSIONCLIENT>
<BIOS><SSN>S2</SSN><TYPE>Desktop</TYPE><SMODEL>Opti \xe9</SMODEL></BIOS>
<HARDWARE><NAME>pc-2</NAME><OSNAME>Microsoft Windows 10 Pro</OSNAME>
<MEMORY>2048</MEMORY><USERID>anne</USERID></HARDWARE>
<NETWORKS><MACADDR>00:e0:4c:68:01:02</MACADDR></NETWORKS></CONTENT></REQUEST>"""

NMAP_XML = b"""<?xml version="1.0"?><!DOCTYPE nmaprun>
<nmaprun scanner="nmap" start="1790000000" version="7.95">
<host><status state="up"/><address addr="192.168.1.9" addrtype="ipv4"/>
<address addr="00:68:EB:F2:BE:10" addrtype="mac" vendor="Hewlett Packard"/>
<hostnames><hostname name="copieur"/></hostnames>
<ports><port portid="9100"><state state="open"/></port></ports></host>
<host><status state="up"/><address addr="DA:A1:19:00:00:01" addrtype="mac"/></host>
<host><status state="down"/></host></nmaprun>"""

OOKLA = json.dumps({
    "type": "result",
    "timestamp": "2026-10-05T08:41:22Z",
    "ping": {"latency": 18.117},
    "download": {"bandwidth": 11_625_000, "latency": {"iqm": 60}},
    "upload": {"bandwidth": 1_250_000},
    "packetLoss": 1.25,
    "interface": {"isVpn": False, "macAddr": "00:00:5E:10:00:21"},
}).encode()

LIBRESPEED = json.dumps([
    {
        "timestamp": "2026-10-05T09:51:22.4+01:00",
        "server": {"name": "x", "url": "https://x.invalid/"},
        "bytes_sent": 1,
        "jitter": 4.1,
        "ping": 20.1,
        "upload": 12.02,
        "download": 95.21,
    }
]).encode()

IPERF = json.dumps({
    "start": {
        "version": "iperf 3.18",
        "connecting_to": {"host": "mire.exemple.invalid"},
        "timestamp": {"timesecs": 1_790_000_000},
        "test_start": {"protocol": "TCP", "reverse": 1},
    },
    "end": {"sum_received": {"bits_per_second": 48_270_000.0, "seconds": 10.0}},
}).encode()

QUALITY = json.dumps({
    "dl_throughput": 57_772_390,
    "ul_throughput": 8_820_868,
    "base_rtt": 42,
    "responsiveness": 541.198,
    "end_date": "2026-10-05 09:28:59.456",
}).encode()

NETSH = """
Nom de l’interface : Wi-Fi
Il y a actuellement 3 réseaux visibles.

SSID 1\u00a0: École-Péda
    Type de réseau          : Infrastructure
    Authentification        : WPA2 - Personnel
    Chiffrement             : CCMP
    BSSID 1                 : 00:00:5e:20:00:6b
         Signal             : 70 %
         Type de radio         : 802.11ax
         Bande               : 5 GHz
         Canal            : 36
         Points d'accès colocalisés : 1
            BSSID : 00:00:5e:20:00:6f,  Bande : 2,4 GHz,  Canal : 11
    BSSID 2                 : 00:00:5e:20:00:76
         Signal             : 89%
         Type de radio         : 802.11ac
         Bande               : 2,4 GHz
         Canal            : 8

SSID 2 : Box du voisin
    Type de réseau          : Infrastructure
    Authentification        : Ouvrir
    Chiffrement             : Aucun
    BSSID 1                 : 00:00:5e:20:00:e4
         Signal             : 31%
         Canal            : 44
"""

ANALYZER = """Time Stamp|SSID|BSSID|Strength|Primary Channel|Primary Frequency|\
Center Channel|Center Frequency|Width (Range)|Distance|802.11mc|Security|Standard|\
FastRoaming
2026/10/05-09:14:22|École-Péda|00:00:5e:20:00:0a|-58dBm|44|5220MHz|42|5210MHz|80MHz|\
~5.2m|true|[WPA2-PSK-CCMP][ESS]|802.11ac|802.11r
2026/10/05-09:14:22|Salle | Info 2|00:00:5e:20:00:0b|-67dBm|11|2462MHz|11|2462MHz|\
20MHz|~12.7m|false|[ESS]|802.11n|
""".encode()

NMCLI = (
    " :00\\:00\\:5E\\:00\\:53\\:0A:École \\: CP:44:5220 MHz:540 Mbit/s:73:WPA1 WPA2\n"
    "*:00\\:00\\:5E\\:00\\:53\\:0B:--:6:2437 MHz:65 Mbit/s:50:\n"
    " :00\\:00\\:5E\\:00\\:53\\:0C:C\\\\partage:37:6135 MHz:1 Mbit/s:15:WPA2 802.1X\n"
    " :00\\:00\\:5E\\:00\\:53\\:0D:vieux:1:2412 MHz:54 Mbit/s:60:WEP\n"
)

_HERE = {
    "_name": "École",
    "spairport_network_channel": "44 (5GHz, 80MHz)",
    "spairport_network_phymode": "802.11ax",
    "spairport_security_mode": "spairport_security_mode_wpa2_personal_mixed",
    "spairport_signal_noise": "-48 dBm / -97 dBm",
}
_NEAR = {
    "_name": "Voisin",
    "spairport_network_channel": "6 (2GHz, 20MHz)",
    "spairport_network_phymode": "802.11b/g/n",
    "spairport_security_mode": "spairport_security_mode_none",
}
PROFILER = {
    "SPAirPortDataType": [
        {
            "spairport_airport_interfaces": [
                {
                    "spairport_status_information": "spairport_status_connected",
                    "spairport_current_network_information": _HERE,
                    "spairport_airport_other_local_wireless_networks": [
                        _HERE,
                        _NEAR,
                        {**_NEAR, "_name": "<redacted>"},
                    ],
                }
            ]
        }
    ]
}

SEEDS = (
    glpi(computer("pc-1", "S1"), computer("pc-2", "S2")),
    NETWORK_XML,
    OCS_XML,
    NMAP_XML,
    OOKLA,
    LIBRESPEED,
    IPERF,
    QUALITY,
    NETSH.encode(),
    NETSH.encode("cp850", errors="replace"),
    ANALYZER,
    NMCLI.encode(),
    json.dumps(PROFILER).encode(),
)
"""What mutations start from."""
