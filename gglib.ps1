#Requires -Version 5.1
# Builds gglib when its sources changed, then runs it and ends with its exit code. The Windows twin of ./gglib:
# the same stamp, the same messages. PowerShell cannot exec, so Ctrl-C reaches the program through the console.
$ErrorActionPreference = 'Stop'

$root = $PSScriptRoot
$program = Join-Path $root 'artifacts\bin\GGLib\release\gglib.exe'
$work = Join-Path $root 'artifacts\launcher'
$stamp = Join-Path $work 'stamp'
$log = Join-Path $work 'build.log'

function Get-Sources {
    Get-ChildItem -Path (Join-Path $root 'src'), (Join-Path $root 'models') -Recurse -File
    Get-ChildItem -Path (Join-Path $root 'Directory.*.props'), (Join-Path $root 'global.json') -File
}

function Get-List([object[]] $files) {
    ($files | ForEach-Object { $_.FullName } | Sort-Object) -join "`n"
}

# Newer files by time, added and deleted ones by the list kept in the stamp.
function Test-Fresh {
    if (-not (Test-Path $program) -or -not (Test-Path $stamp)) { return $false }
    $files = @(Get-Sources)
    $built = (Get-Item $stamp).LastWriteTimeUtc
    if ($files | Where-Object { $_.LastWriteTimeUtc -gt $built } | Select-Object -First 1) { return $false }
    return [IO.File]::ReadAllText($stamp) -ceq (Get-List $files)
}

# The first dotnet with an SDK of 10 or later.
function Find-Sdk {
    $found = 'no .NET SDK was found.'
    $candidates = @()
    if ($env:DOTNET_ROOT) { $candidates += Join-Path $env:DOTNET_ROOT 'dotnet.exe' }
    $onPath = Get-Command dotnet -CommandType Application -ErrorAction SilentlyContinue | Select-Object -First 1
    if ($onPath) { $candidates += $onPath.Source }
    if ($env:LOCALAPPDATA) { $candidates += Join-Path $env:LOCALAPPDATA 'Microsoft\dotnet\dotnet.exe' }
    foreach ($candidate in $candidates) {
        if (-not (Test-Path $candidate)) { continue }
        # From the drive's root: the checkout's global.json would turn an old SDK's number into an error text.
        Push-Location ([IO.Path]::GetPathRoot($root))
        # 5.1 turns a native program's stderr into a terminating error under Stop.
        $ErrorActionPreference = 'Continue'
        try { $version = [string](& $candidate --version 2>$null) } finally { $ErrorActionPreference = 'Stop'; Pop-Location }
        if ($version -notmatch '^(\d+)\.') { continue }
        if ([int] $Matches[1] -ge 10) { return $candidate }
        $found = "the .NET SDK found is $version, and 10 or later is needed."
    }
    [Console]::Error.WriteLine("gglib: $found Install the .NET 10 SDK from https://dot.net/download, then run this again.")
    exit 127   # as the POSIX launcher: "command not found"
}

function Invoke-Build {
    try { New-Item -ItemType Directory -Force -Path $work | Out-Null }
    catch {
        [Console]::Error.WriteLine("gglib: cannot write to ${work}: make the folder writable, or copy the checkout to where you may write.")
        exit 1
    }
    $dotnet = Find-Sdk

    # One build at a time. The system releases the mutex of a process that died.
    $hash = [Convert]::ToBase64String([Text.Encoding]::UTF8.GetBytes($root)).Replace('/', '_')
    if ($hash.Length -gt 200) { $hash = $hash.Substring($hash.Length - 200) }
    $mutex = New-Object Threading.Mutex($false, "gglib-build-$hash")
    try {
        try { [void] $mutex.WaitOne() } catch [Threading.AbandonedMutexException] { }
        if (Test-Fresh) { return }

        [Console]::Error.Write('Building gglib (first run takes about a minute) ... ')
        $clock = [Diagnostics.Stopwatch]::StartNew()
        Remove-Item $stamp -ErrorAction SilentlyContinue
        # Listed and dated before the build: what is edited while it runs is built next time.
        $list = Get-List @(Get-Sources)
        $began = [DateTime]::UtcNow
        $saved = @{}
        foreach ($pair in @{ DOTNET_NOLOGO = '1'; DOTNET_CLI_TELEMETRY_OPTOUT = '1' }.GetEnumerator()) {
            $saved[$pair.Key] = [Environment]::GetEnvironmentVariable($pair.Key)
            [Environment]::SetEnvironmentVariable($pair.Key, $pair.Value)
        }
        $ErrorActionPreference = 'Continue'
        Push-Location $root
        try {
            & $dotnet build src/GGLib -c Release -nologo -v minimal -nodeReuse:false -p:UseSharedCompilation=false -p:UseRazorBuildServer=false -tl:off *> $log
            $code = $LASTEXITCODE
        }
        finally {
            Pop-Location
            $ErrorActionPreference = 'Stop'
            foreach ($name in $saved.Keys) { [Environment]::SetEnvironmentVariable($name, $saved[$name]) }
        }
        if ($code -ne 0 -or -not (Test-Path $program)) {
            [Console]::Error.WriteLine('failed.')
            [Console]::Error.WriteLine([IO.File]::ReadAllText($log))
            exit 1
        }
        [IO.File]::WriteAllText($stamp, $list)
        (Get-Item $stamp).LastWriteTimeUtc = $began
        [Console]::Error.WriteLine("done in $([int] $clock.Elapsed.TotalSeconds) s.")
    }
    finally {
        try { $mutex.ReleaseMutex() } catch [ApplicationException] { }
        $mutex.Dispose()
    }
}

if (-not (Test-Fresh)) { Invoke-Build }

if (-not $env:DOTNET_ROOT) {
    $local = if ($env:LOCALAPPDATA) { Join-Path $env:LOCALAPPDATA 'Microsoft\dotnet' }
    $onPath = Get-Command dotnet -CommandType Application -ErrorAction SilentlyContinue | Select-Object -First 1
    if (-not $onPath -and $local -and (Test-Path (Join-Path $local 'shared\Microsoft.NETCore.App'))) { $env:DOTNET_ROOT = $local }
}

& $program @args
exit $LASTEXITCODE
